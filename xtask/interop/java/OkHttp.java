// OkHttp's WebSocket.

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

final class OkHttp {
    public static void main(String[] arguments) throws Exception {
        OkHttpClient http = new OkHttpClient();
        Orders.serve((order, test, seen) -> connect(http, order, test, seen));
    }

    private static Orders.Socket connect(OkHttpClient http, JsonObject order, JsonObject test, Orders.Seen seen) {
        String address = order.get("address").getAsString();
        Request.Builder request = new Request.Builder().url("ws://" + address + test.get("path").getAsString());
        for (JsonElement pair : test.getAsJsonArray("headers")) {
            JsonArray header = pair.getAsJsonArray();
            request.addHeader(header.get(0).getAsString(), header.get(1).getAsString());
        }
        return new Socket(http.newWebSocket(request.build(), new Listener(seen)));
    }

    private record Socket(WebSocket socket) implements Orders.Socket {
        @Override
        public void text(String text) {
            socket.send(text);
        }

        @Override
        public void binary(byte[] bytes) {
            socket.send(ByteString.of(bytes));
        }

        @Override
        public void close(int code, String reason) {
            socket.close(code, reason);
        }

        @Override
        public void abort() {
            socket.cancel();
        }
    }

    private static final class Listener extends WebSocketListener {
        private final Orders.Seen seen;

        Listener(Orders.Seen seen) {
            this.seen = seen;
        }

        @Override
        public void onOpen(WebSocket socket, Response response) {
            seen.opened();
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            seen.message(text);
        }

        @Override
        public void onMessage(WebSocket socket, ByteString bytes) {
            seen.message(bytes.toByteArray());
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            // It answers a Close only when it is told to, and takes no code that may not be sent.
            socket.close(code == 1005 ? 1000 : code, null);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            seen.closed(code, reason);
        }

        @Override
        public void onFailure(WebSocket socket, Throwable why, Response response) {
            if (response != null && response.code() != 101) {
                synchronized (seen) {
                    seen.report.addProperty("status", response.code());
                    JsonArray headers = new JsonArray();
                    for (String name : response.headers().names()) {
                        JsonArray pair = new JsonArray();
                        pair.add(name);
                        pair.add(response.header(name));
                        headers.add(pair);
                    }
                    seen.report.add("headers", headers);
                }
            }
            seen.failed(why);
        }
    }
}
