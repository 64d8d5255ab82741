"""Qt's QWebSocket, by PyQt6."""

import re

from PyQt6.QtCore import QByteArray, QCoreApplication, QEventLoop, QTimer, QUrl
from PyQt6.QtNetwork import QNetworkRequest
from PyQt6.QtWebSockets import QWebSocket, QWebSocketProtocol

import orders

APPLICATION = QCoreApplication([])


class Case:
    """One socket with its script; `over` when it has nothing more to see."""

    def __init__(self, order, case, finished):
        self.seen = {"opened": False, "messages": []}
        self.script = list(case["script"])
        self.finished = finished
        self.over = False
        self.socket = QWebSocket()
        self.socket.connected.connect(self.connected)
        self.socket.disconnected.connect(self.disconnected)
        self.socket.textMessageReceived.connect(self.received)
        self.socket.binaryMessageReceived.connect(lambda data: self.received(bytes(data)))
        self.socket.error.connect(self.failed)
        request = QNetworkRequest(QUrl(f"ws://{order['address']}{case['path']}"))
        for name, value in case["headers"]:
            request.setRawHeader(QByteArray(name.encode()), QByteArray(value.encode()))
        self.socket.open(request)

    def connected(self):
        self.seen["opened"] = True
        self.play()

    def received(self, message):
        self.seen["messages"].append(orders.shown(message))
        self.play()

    def play(self):
        while self.script:
            name, *arguments = self.script[0]
            if name == "await" and len(self.seen["messages"]) < arguments[0]:
                return
            self.script.pop(0)
            if name == "text":
                self.socket.sendTextMessage(arguments[0])
            elif name == "binary":
                self.socket.sendBinaryMessage(QByteArray(bytes(arguments[0])))
            elif name == "close":
                self.socket.close(QWebSocketProtocol.CloseCode(arguments[0]), arguments[1])

    def failed(self, _):
        self.seen["error"] = self.socket.errorString()
        # A refusal by HTTP has its status in these words alone.
        status = re.search(r"status code: (\d+)", self.seen["error"])
        if status:
            self.seen["status"] = int(status[1])
        if not self.seen["opened"]:
            self.end()

    def disconnected(self):
        # It gives the code of a normal end where no handshake was completed.
        if not self.seen["opened"]:
            QTimer.singleShot(500, self.end)
            return
        code = self.socket.closeCode()
        self.seen["close"] = [getattr(code, "value", code), self.socket.closeReason()]
        self.end()

    def end(self):
        if not self.over:
            self.over = True
            self.finished()


def run_all(order):
    loop = QEventLoop()
    cases = []

    def finished():
        if len(cases) == len(order["cases"]) and all(case.over for case in cases):
            loop.quit()

    for case in order["cases"]:
        cases.append(Case(order, case, finished))
    QTimer.singleShot(order["limit"] * 1000, loop.quit)
    if not all(case.over for case in cases):
        loop.exec()
    for case in cases:
        if not case.over:
            case.over = True
            case.seen["trouble"] = f"not disconnected within {order['limit']} s"
        case.socket.abort()
    return [case.seen for case in cases]


orders.each(run_all)
