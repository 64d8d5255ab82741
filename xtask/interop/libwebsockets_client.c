/* libwebsockets: one order on standard input with one case, one report on standard output. */

#include <jansson.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static json_t *test, *report, *messages;
static size_t step;
static bool over;
static char *incoming;
static size_t incoming_length;

static json_t *current(void) {
    return json_array_get(json_object_get(test, "script"), step);
}

static bool is(json_t *what, const char *name) {
    return what && strcmp(json_string_value(json_array_get(what, 0)), name) == 0;
}

/* The next step that writes, once the messages that are waited for have come. */
static void go_on(struct lws *wsi) {
    while (is(current(), "await")) {
        json_int_t wanted = json_integer_value(json_array_get(current(), 1));
        if ((json_int_t)json_array_size(messages) < wanted) return;
        step++;
    }
    if (current()) lws_callback_on_writable(wsi);
}

static int send_bytes(struct lws *wsi, const char *bytes, size_t length, enum lws_write_protocol kind) {
    unsigned char *buffer = malloc(LWS_PRE + length + 1);
    memcpy(buffer + LWS_PRE, bytes, length);
    int sent = lws_write(wsi, buffer + LWS_PRE, length, kind);
    free(buffer);
    return sent < (int)length;
}

static int write_step(struct lws *wsi) {
    json_t *what = current();
    if (is(what, "await")) {
        go_on(wsi);
        return 0;
    }
    if (!what) return 0;
    step++;
    json_t *value = json_array_get(what, 1);
    if (is(what, "text")) {
        if (send_bytes(wsi, json_string_value(value), json_string_length(value), LWS_WRITE_TEXT)) return -1;
    } else if (is(what, "binary")) {
        char bytes[256];
        size_t at, length = json_array_size(value);
        for (at = 0; at < length && at < sizeof bytes; at++)
            bytes[at] = (char)json_integer_value(json_array_get(value, at));
        if (send_bytes(wsi, bytes, at, LWS_WRITE_BINARY)) return -1;
    } else if (is(what, "close")) {
        const char *reason = json_string_value(json_array_get(what, 2));
        enum lws_close_status code = (enum lws_close_status)json_integer_value(value);
        lws_close_reason(wsi, code, (unsigned char *)reason, strlen(reason));
        return -1;
    }
    go_on(wsi);
    return 0;
}

static void take(struct lws *wsi, const char *bytes, size_t length) {
    incoming = realloc(incoming, incoming_length + length + 1);
    memcpy(incoming + incoming_length, bytes, length);
    incoming_length += length;
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi)) return;
    if (lws_frame_is_binary(wsi)) {
        json_t *numbers = json_array();
        for (size_t at = 0; at < incoming_length; at++)
            json_array_append_new(numbers, json_integer((unsigned char)incoming[at]));
        json_array_append_new(messages, numbers);
    } else {
        json_array_append_new(messages, json_stringn(incoming, incoming_length));
    }
    incoming_length = 0;
    go_on(wsi);
}

static int add_headers(struct lws *wsi, unsigned char **at, unsigned char *end) {
    json_t *pair;
    size_t index;
    json_array_foreach(json_object_get(test, "headers"), index, pair) {
        char name[128];
        const char *value = json_string_value(json_array_get(pair, 1));
        snprintf(name, sizeof name, "%s:", json_string_value(json_array_get(pair, 0)));
        if (lws_add_http_header_by_name(wsi, (unsigned char *)name, (const unsigned char *)value,
                                        (int)strlen(value), at, end))
            return -1;
    }
    return 0;
}

static int happened(struct lws *wsi, enum lws_callback_reasons what, void *user, void *in, size_t length) {
    (void)user;
    switch (what) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(wsi, in, *(unsigned char **)in + length);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        json_object_set_new(report, "opened", json_true());
        go_on(wsi);
        break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_step(wsi);
    case LWS_CALLBACK_CLIENT_RECEIVE:
        take(wsi, in, length);
        break;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: {
        const unsigned char *payload = in;
        int code = length >= 2 ? payload[0] << 8 | payload[1] : 1005;
        json_t *reason = length > 2 ? json_stringn((const char *)payload + 2, length - 2) : json_string("");
        json_object_set_new(report, "close", json_pack("[i, o]", code, reason));
        break;
    }
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: {
        unsigned int status = lws_http_client_http_response(wsi);
        if (status) json_object_set_new(report, "status", json_integer(status));
        json_object_set_new(report, "error", json_string(in ? in : "no connection"));
        over = true;
        break;
    }
    case LWS_CALLBACK_CLIENT_CLOSED:
        over = true;
        break;
    default:
        break;
    }
    return 0;
}

int main(void) {
    static const struct lws_extension deflate[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"},
        {NULL, NULL, NULL},
    };
    static const struct lws_protocols protocols[] = {
        {.name = "cases", .callback = happened, .rx_buffer_size = 65536},
        {NULL, NULL, 0, 0, 0, NULL, 0},
    };
    json_error_t error;
    json_t *order = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error);
    if (!order) return 2;
    test = json_array_get(json_object_get(order, "cases"), 0);
    messages = json_array();
    report = json_pack("{s: b, s: O}", "opened", 0, "messages", messages);

    char host[64];
    snprintf(host, sizeof host, "%s", json_string_value(json_object_get(order, "address")));
    char *port = strrchr(host, ':');
    *port++ = 0;

    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .extensions = json_is_true(json_object_get(order, "deflate")) ? deflate : NULL,
        .gid = -1,
        .uid = -1,
    };
    struct lws_context *context = lws_create_context(&info);
    char authority[72];
    snprintf(authority, sizeof authority, "%s:%s", host, port);
    struct lws_client_connect_info connection = {
        .context = context,
        .address = host,
        .port = atoi(port),
        .path = json_string_value(json_object_get(test, "path")),
        .host = authority,
        .protocol = NULL,
        .local_protocol_name = "cases",
        .ietf_version_or_minus_one = -1,
    };
    if (!context || !lws_client_connect_via_info(&connection)) over = true;
    time_t deadline = time(NULL) + json_integer_value(json_object_get(order, "limit"));
    while (!over && time(NULL) < deadline) lws_service(context, 50);
    if (!over) json_object_set_new(report, "trouble", json_string("no end within the limit"));
    json_dumpf(json_pack("[O]", report), stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    /* What is left of the connection ends with the process. */
    _exit(0);
}
