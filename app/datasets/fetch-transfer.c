/* fetch-transfer.c: see fetch-transfer.h. Reading order: reasons, writing, the body, the answer,
 * the request. */
#include "fetch-transfer.h"
#include "app/config.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, TIMEOUT_SECONDS = 30 };

SoupSession *bp_transfer_session(void)
{
  SoupSession *session =
      soup_session_new_with_options("user-agent", "backprop/" BP_VERSION, "timeout",
                                    TIMEOUT_SECONDS, "idle-timeout", TIMEOUT_SECONDS, NULL);
  /* The files are gzipped themselves; a server that declares this as an encoding of the transfer
   * must not make us unpack them. */
  soup_session_remove_feature_by_type(session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

/* ---- reasons ---- */

static BpTransferEnd stopped(const BpTransfer *transfer, NnError *err)
{
  nn_fail(
      err, NN_ERR_CANCELLED, transfer->path,
      "Stopped; what was downloaded so far is kept, and the next download continues from there.");
  return BP_TRANSFER_STOPPED;
}

static BpTransferEnd not_written(const BpTransfer *transfer, NnError *err)
{
  nn_fail(err, NN_ERR_IO, transfer->path, "%s could not be written: %s.", transfer->path,
          strerror(errno));
  return BP_TRANSFER_STOPPED;
}

/* Whoever has no network finds no name at all. */
static gboolean is_offline(const GError *error)
{
  return g_error_matches(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE) ||
         g_error_matches(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ||
         g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

static gboolean is_proxy(const GError *error)
{
  return error->domain == G_IO_ERROR &&
         (error->code == G_IO_ERROR_PROXY_FAILED || error->code == G_IO_ERROR_PROXY_AUTH_FAILED ||
          error->code == G_IO_ERROR_PROXY_NEED_AUTH || error->code == G_IO_ERROR_PROXY_NOT_ALLOWED);
}

/* GLib's reasons come with and without a full stop. */
static BpTransferEnd not_reached(const BpTransfer *transfer, const char *url, const GError *error,
                                 NnError *err)
{
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return stopped(transfer, err);
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri && g_uri_get_host(uri) ? g_uri_get_host(uri) : url;
  g_autofree char *reason = g_strdup(error->message);
  g_strchomp(reason);
  if (g_str_has_suffix(reason, "."))
    reason[strlen(reason) - 1] = '\0';
  if (is_offline(error))
    nn_fail(err, NN_ERR_IO, url, "%s was not found (%s): this computer may be offline.", host,
            reason);
  else if (is_proxy(error))
    nn_fail(err, NN_ERR_IO, url, "The proxy refuses the connection to %s (%s).", host, reason);
  else
    nn_fail(err, NN_ERR_IO, url, "%s could not be reached (%s).", host, reason);
  return BP_TRANSFER_FAILED;
}

static BpTransferEnd refused(const char *url, SoupMessage *message, NnError *err)
{
  const char *reason = soup_message_get_reason_phrase(message);
  guint status = soup_message_get_status(message);
  nn_fail(err, NN_ERR_IO, url, "%s was refused: the server answered %u (%s).", url, status,
          reason && reason[0] ? reason : soup_status_get_phrase(status));
  return BP_TRANSFER_FAILED;
}

/* ---- writing ---- */

static gboolean write_all(int fd, const guint8 *bytes, gsize n)
{
  while (n > 0) {
    ssize_t written = write(fd, bytes, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return FALSE;
    bytes += written;
    n -= (gsize)written;
  }
  return TRUE;
}

static BpTransferEnd broken(const BpTransfer *transfer, const char *url, const GError *error,
                            NnError *err)
{
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return stopped(transfer, err);
  nn_fail(err, NN_ERR_IO, url, "The download of %s was interrupted (%s).", url, error->message);
  return BP_TRANSFER_BROKEN;
}

/* ---- the body ---- */

typedef struct {
  char *url;
  GInputStream *stream;
  guint64 size; /* of the file up to where the body begins, then up to where it has come */
  guint64 end;  /* of the file at the body's end, as the server has said; G_MAXUINT64: it has not */
  guint64 all;  /* of the file on the server; the same */
  gboolean over_gzip; /* it is written over what begins as a gzip file */
} Body;

static BpTransferEnd ended_early(const Body *body, guint64 wanted, NnError *err)
{
  nn_fail(err, NN_ERR_IO, body->url, "The download of %s was interrupted after %llu of %llu bytes.",
          body->url, (unsigned long long)body->size, (unsigned long long)wanted);
  return BP_TRANSFER_BROKEN;
}

static gboolean is_gzip(const guint8 *bytes, gsize n)
{
  return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* What a network gives instead of the file that wants its users to log in is much shorter, and no
 * gzip file: it is not written over what is. */
static BpTransferEnd wrong_file(const BpTransfer *transfer, const Body *body, NnError *err)
{
  if (body->end == G_MAXUINT64)
    nn_fail(err, NN_ERR_IO, body->url, "%s is not the expected file: it is not a gzip file.",
            body->url);
  else
    nn_fail(err, NN_ERR_IO, body->url, "%s is not the expected file: it has %llu bytes, not %llu.",
            body->url, (unsigned long long)body->end, (unsigned long long)transfer->size);
  return BP_TRANSFER_FAILED;
}

static gboolean begins_as_gzip(const BpTransfer *transfer)
{
  guint8 there[2];
  ssize_t n = pread(transfer->fd, there, sizeof there, 0);
  return n > 0 && is_gzip(there, (gsize)n);
}

/* Servers that close the connection after each answer (Connection: close) cut it short without an
 * error, and so do chunks that end before their last: libsoup lets both pass. */
static BpTransferEnd body_ended(BpTransfer *transfer, const Body *body, NnError *err)
{
  guint64 wanted = body->all != G_MAXUINT64 ? body->all : body->end;
  if (wanted != G_MAXUINT64)
    return body->size < wanted ? ended_early(body, wanted, err) : BP_TRANSFER_DONE;
  if (body->size >= transfer->size || !begins_as_gzip(transfer))
    return BP_TRANSFER_DONE;
  transfer->unsure = TRUE;
  return ended_early(body, transfer->size, err);
}

/* The first bytes, where they decide, both together; then what comes. */
static gssize read_block(const BpTransfer *transfer, const Body *body, guint8 *block,
                         GError **error)
{
  gsize most = MIN(BLOCK, body->end - body->size), got = 0;
  if (most == 0)
    return 0;
  if (!body->over_gzip || body->size > 0)
    return g_input_stream_read(body->stream, block, most, transfer->cancellable, error);
  return g_input_stream_read_all(body->stream, block, MIN(most, 2), &got, transfer->cancellable,
                                 error)
             ? (gssize)got
             : -1;
}

/* Writes all that the server gives at the file's offset. */
static BpTransferEnd take_body(BpTransfer *transfer, Body *body, NnError *err)
{
  g_autofree guint8 *block = g_malloc(BLOCK);
  for (;;) {
    g_autoptr(GError) error = NULL;
    gssize got = read_block(transfer, body, block, &error);
    if (got < 0)
      return broken(transfer, body->url, error, err);
    if (got == 0)
      return body_ended(transfer, body, err);
    if (body->over_gzip && body->size == 0 && !is_gzip(block, (gsize)got))
      return wrong_file(transfer, body, err);
    if (!write_all(transfer->fd, block, (gsize)got))
      return not_written(transfer, err);
    body->size += (guint64)got;
    transfer->progress(transfer->user, body->size);
    if (body->size > transfer->limit) {
      nn_fail(err, NN_ERR_FORMAT, body->url,
              "%s is larger than it should be: more than %llu bytes were received.", body->url,
              (unsigned long long)transfer->limit);
      return BP_TRANSFER_FAILED;
    }
  }
}

/* ---- the answer ---- */

/* A part of the content is only good if it starts where the file ends. */
static gboolean continues(SoupMessage *message, Body *body)
{
  goffset start, end, total;
  if (!soup_message_headers_get_content_range(soup_message_get_response_headers(message), &start,
                                              &end, &total) ||
      start < 0 || (guint64)start != body->size || end < start)
    return FALSE;
  body->end = (guint64)end + 1;
  body->all = total > end ? (guint64)total : G_MAXUINT64;
  return TRUE;
}

/* The server gives all of the file, from its first byte on. */
static BpTransferEnd take_all(BpTransfer *transfer, Body *body, NnError *err)
{
  body->size = 0;
  body->over_gzip = begins_as_gzip(transfer);
  if (body->over_gzip && body->end < transfer->size / 2)
    return wrong_file(transfer, body, err);
  if (lseek(transfer->fd, 0, SEEK_SET) != 0)
    return not_written(transfer, err);
  BpTransferEnd end = take_body(transfer, body, err);
  if (end == BP_TRANSFER_DONE && ftruncate(transfer->fd, (off_t)body->size) != 0)
    return not_written(transfer, err);
  return end;
}

/* Nothing lies behind what is there already: then it is complete, or something else; or the server
 * has more, and cannot give a part of it. */
static BpTransferEnd no_range(BpTransfer *transfer, SoupMessage *message, const Body *body,
                              NnError *err)
{
  unsigned long long all = 0;
  SoupMessageHeaders *headers = soup_message_get_response_headers(message);
  const char *range = soup_message_headers_get_one(headers, "Content-Range");
  if (!range || sscanf(range, "bytes */%llu", &all) != 1 || all <= body->size)
    return BP_TRANSFER_DONE;
  transfer->whole = TRUE;
  return ended_early(body, all, err);
}

/* A part that is not the one that was asked for: all of it may be had. */
static BpTransferEnd other_range(BpTransfer *transfer, SoupMessage *message, const Body *body,
                                 NnError *err)
{
  if (transfer->whole || body->size == 0)
    return refused(body->url, message, err);
  transfer->whole = TRUE;
  nn_fail(err, NN_ERR_IO, body->url, "The server of %s sent a different part than requested.",
          body->url);
  return BP_TRANSFER_BROKEN;
}

static BpTransferEnd take_answer(BpTransfer *transfer, SoupMessage *message, GInputStream *stream,
                                 guint64 size, NnError *err)
{
  g_autofree char *url = g_uri_to_string(soup_message_get_uri(message));
  SoupMessageHeaders *headers = soup_message_get_response_headers(message);
  Body body = {.url = url, .stream = stream, .size = size, .end = G_MAXUINT64, .all = G_MAXUINT64};
  SoupEncoding encoding = soup_message_headers_get_encoding(headers);
  switch (soup_message_get_status(message)) {
  case SOUP_STATUS_PARTIAL_CONTENT:
    return continues(message, &body) ? take_body(transfer, &body, err)
                                     : other_range(transfer, message, &body, err);
  case SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE:
    return size > 0 ? no_range(transfer, message, &body, err) : refused(url, message, err);
  case SOUP_STATUS_OK:
    if (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
        soup_message_headers_get_content_length(headers) >= 0) /* what a server says need not be */
      body.end = (guint64)soup_message_headers_get_content_length(headers);
    return take_all(transfer, &body, err);
  default:
    return refused(url, message, err);
  }
}

BpTransferEnd bp_transfer(BpTransfer *transfer, const char *url, NnError *err)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupMessage) message = soup_message_new("GET", url);
  if (!message) {
    nn_fail(err, NN_ERR_ARG, url, "%s is not a valid address.", url);
    return BP_TRANSFER_FAILED;
  }
  off_t size = lseek(transfer->fd, 0, SEEK_END);
  if (size < 0)
    return not_written(transfer, err);
  transfer->unsure = FALSE;
  SoupMessageHeaders *headers = soup_message_get_request_headers(message);
  soup_message_headers_replace(headers, "Accept-Encoding", "identity");
  if (size > 0 && !transfer->whole)
    soup_message_headers_set_range(headers, size, -1);
  g_autoptr(GInputStream) body =
      soup_session_send(transfer->session, message, transfer->cancellable, &error);
  if (!body)
    return not_reached(transfer, url, error, err);
  return take_answer(transfer, message, body, (guint64)size, err);
}
