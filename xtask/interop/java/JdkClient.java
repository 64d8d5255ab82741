// java.net.http.WebSocket, the JDK's own.

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

final class JdkClient {
    public static void main(String[] arguments) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        Orders.serve((order, test, seen) -> connect(http, order, test, seen));
    }

    private static Orders.Socket connect(HttpClient http, JsonObject order, JsonObject test, Orders.Seen seen) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (JsonElement pair : test.getAsJsonArray("headers")) {
            JsonArray header = pair.getAsJsonArray();
            builder.header(header.get(0).getAsString(), header.get(1).getAsString());
        }
        String address = order.get("address").getAsString();
        URI uri = URI.create("ws://" + address + test.get("path").getAsString());
        try {
            return new Socket(builder.buildAsync(uri, new Listener(seen)).join());
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof WebSocketHandshakeException refused) {
                HttpResponse<?> response = refused.getResponse();
                seen.report.addProperty("status", response.statusCode());
                JsonArray headers = new JsonArray();
                response.headers().map().forEach((name, values) -> {
                    JsonArray pair = new JsonArray();
                    pair.add(name);
                    pair.add(values.get(0));
                    headers.add(pair);
                });
                seen.report.add("headers", headers);
            }
            throw failed;
        }
    }

    private record Socket(WebSocket socket) implements Orders.Socket {
        @Override
        public void text(String text) {
            socket.sendText(text, true).join();
        }

        @Override
        public void binary(byte[] bytes) {
            socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
        }

        @Override
        public void close(int code, String reason) {
            socket.sendClose(code, reason).join();
        }

        @Override
        public void abort() {
            socket.abort();
        }
    }

    private static final class Listener implements WebSocket.Listener {
        private final Orders.Seen seen;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Listener(Orders.Seen seen) {
            this.seen = seen;
        }

        @Override
        public void onOpen(WebSocket socket) {
            seen.opened();
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
            text.append(data);
            if (isLast) {
                seen.message(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean isLast) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            bytes.writeBytes(part);
            if (isLast) {
                seen.message(bytes.toByteArray());
                bytes.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            seen.closed(code, reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable why) {
            seen.failed(why);
        }
    }
}
