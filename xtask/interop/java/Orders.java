// Orders on standard input, one a line, and for each a line with its reports: what both Java clients share.

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class Orders {
    private static final int AT_A_TIME = 8;

    /** A socket that is open, or about to be. */
    interface Socket {
        void text(String text) throws Exception;

        void binary(byte[] bytes) throws Exception;

        void close(int code, String reason) throws Exception;

        /** Ends what is left of the connection. */
        void abort();
    }

    interface Client {
        /** Connects, and tells {@code seen} of all that happens. */
        Socket connect(JsonObject order, JsonObject test, Seen seen) throws Exception;
    }

    /** What a socket has seen so far; its listeners write, its script waits. */
    static final class Seen {
        final JsonObject report = new JsonObject();
        private final JsonArray messages = new JsonArray();
        private boolean isOpen;
        private boolean isOver;

        synchronized void opened() {
            report.addProperty("opened", true);
            isOpen = true;
            notifyAll();
        }

        synchronized void message(String text) {
            messages.add(text);
            notifyAll();
        }

        synchronized void message(byte[] bytes) {
            JsonArray numbers = new JsonArray();
            for (byte value : bytes) {
                numbers.add(Byte.toUnsignedInt(value));
            }
            messages.add(numbers);
            notifyAll();
        }

        synchronized void closed(int code, String reason) {
            JsonArray close = new JsonArray();
            close.add(code);
            close.add(reason);
            report.add("close", close);
            over();
        }

        synchronized void failed(Throwable why) {
            report.addProperty("error", String.valueOf(why));
            over();
        }

        synchronized void over() {
            isOver = true;
            notifyAll();
        }

        private interface Condition {
            boolean holds();
        }

        private synchronized void await(Condition condition, long deadline) throws InterruptedException {
            while (!isOver && !condition.holds()) {
                long left = deadline - System.currentTimeMillis();
                if (left <= 0) {
                    report.addProperty("trouble", "no end within the limit");
                    isOver = true;
                    return;
                }
                wait(left);
            }
        }
    }

    static void serve(Client client) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            JsonObject order = new Gson().fromJson(line, JsonObject.class);
            List<Future<JsonObject>> running = new ArrayList<>();
            for (JsonElement test : order.getAsJsonArray("cases")) {
                running.add(threads.submit(() -> run(client, order, test.getAsJsonObject())));
            }
            JsonArray reports = new JsonArray();
            for (Future<JsonObject> report : running) {
                reports.add(report.get());
            }
            System.out.write((reports + "\n").getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
        System.exit(0);
    }

    private static JsonObject run(Client client, JsonObject order, JsonObject test) throws Exception {
        long deadline = System.currentTimeMillis() + order.get("limit").getAsLong() * 1000;
        Seen seen = new Seen();
        Socket socket = null;
        try {
            socket = client.connect(order, test, seen);
            seen.await(() -> seen.isOpen, deadline);
            for (JsonElement element : test.getAsJsonArray("script")) {
                if (!seen.isOver) {
                    play(socket, element.getAsJsonArray(), seen, deadline);
                }
            }
        } catch (Exception why) {
            // The server may have closed already: then its Close is still to be seen.
            synchronized (seen) {
                seen.report.addProperty("error", String.valueOf(why));
            }
            if (socket == null) {
                seen.over();
            }
        }
        seen.await(() -> false, deadline);
        if (socket != null) {
            socket.abort();
        }
        synchronized (seen) {
            seen.report.add("messages", seen.messages);
            return seen.report.deepCopy();
        }
    }

    private static void play(Socket socket, JsonArray step, Seen seen, long deadline) throws Exception {
        switch (step.get(0).getAsString()) {
            case "text" -> socket.text(step.get(1).getAsString());
            case "binary" -> {
                JsonArray numbers = step.get(1).getAsJsonArray();
                byte[] bytes = new byte[numbers.size()];
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = (byte) numbers.get(at).getAsInt();
                }
                socket.binary(bytes);
            }
            case "await" -> seen.await(() -> seen.messages.size() >= step.get(1).getAsInt(), deadline);
            case "close" -> socket.close(step.get(1).getAsInt(), step.get(2).getAsString());
            default -> throw new IllegalArgumentException("this client cannot do " + step);
        }
    }
}
