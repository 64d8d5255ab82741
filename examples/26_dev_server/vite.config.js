// The page connects to its own origin: new WebSocket("/ws").
export default {
  server: {
    port: 5173,
    proxy: {
      "/ws": { target: "http://127.0.0.1:8000", ws: true },
    },
  },
};
