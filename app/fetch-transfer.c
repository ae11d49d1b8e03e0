/* fetch-transfer.c: see fetch-transfer.h. Reading order: reasons, writing, the answer, the request.
 */
#include "fetch-transfer.h"
#include "config.h"
#include <errno.h>
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
  nn_fail(err, NN_ERR_CANCELLED, transfer->path,
          "Stopped; what has come so far is kept, and the next time goes on from there.");
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
    nn_fail(err, NN_ERR_IO, url, "%s was not found (%s): this computer may have no network.", host,
            reason);
  else if (is_proxy(error))
    nn_fail(err, NN_ERR_IO, url, "The proxy on the way to %s does not let this through (%s).", host,
            reason);
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
  nn_fail(err, NN_ERR_IO, url, "The transfer of %s broke off (%s).", url, error->message);
  return BP_TRANSFER_BROKEN;
}

/* Appends all that the server gives to the file, which has `size` bytes. */
static BpTransferEnd take_body(const BpTransfer *transfer, const char *url, GInputStream *body,
                               guint64 size, NnError *err)
{
  g_autofree guint8 *block = g_malloc(BLOCK);
  for (;;) {
    g_autoptr(GError) error = NULL;
    gssize got = g_input_stream_read(body, block, BLOCK, transfer->cancellable, &error);
    if (got < 0)
      return broken(transfer, url, error, err);
    if (got == 0)
      return BP_TRANSFER_DONE;
    if (!write_all(transfer->fd, block, (gsize)got))
      return not_written(transfer, err);
    size += (guint64)got;
    transfer->progress(transfer->user, size);
    if (size > transfer->limit) {
      nn_fail(err, NN_ERR_FORMAT, url, "%s does not end: more than %llu bytes came.", url,
              (unsigned long long)transfer->limit);
      return BP_TRANSFER_FAILED;
    }
  }
}

/* ---- the answer ---- */

/* A part of the content is only good if it starts where the file ends. */
static gboolean continues(SoupMessage *message, guint64 size)
{
  goffset start, end, total;
  return soup_message_headers_get_content_range(soup_message_get_response_headers(message), &start,
                                                &end, &total) &&
         (guint64)start == size;
}

static BpTransferEnd start_anew(const BpTransfer *transfer, NnError *err)
{
  if (ftruncate(transfer->fd, 0) != 0 || lseek(transfer->fd, 0, SEEK_SET) != 0)
    return not_written(transfer, err);
  transfer->progress(transfer->user, 0);
  return BP_TRANSFER_DONE;
}

static BpTransferEnd take_answer(const BpTransfer *transfer, SoupMessage *message,
                                 GInputStream *body, guint64 size, NnError *err)
{
  g_autofree char *url = g_uri_to_string(soup_message_get_uri(message));
  guint status = soup_message_get_status(message);
  if (status == SOUP_STATUS_PARTIAL_CONTENT && continues(message, size))
    return take_body(transfer, url, body, size, err);
  /* Nothing lies behind what is there already: then it is complete, or something else. */
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && size > 0)
    return BP_TRANSFER_DONE;
  if (status != SOUP_STATUS_OK)
    return refused(url, message, err);
  if (size > 0 && start_anew(transfer, err) != BP_TRANSFER_DONE)
    return BP_TRANSFER_STOPPED;
  return take_body(transfer, url, body, 0, err);
}

BpTransferEnd bp_transfer(const BpTransfer *transfer, const char *url, NnError *err)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupMessage) message = soup_message_new("GET", url);
  if (!message) {
    nn_fail(err, NN_ERR_ARG, url, "%s is no address.", url);
    return BP_TRANSFER_FAILED;
  }
  off_t size = lseek(transfer->fd, 0, SEEK_END);
  if (size < 0)
    return not_written(transfer, err);
  SoupMessageHeaders *headers = soup_message_get_request_headers(message);
  soup_message_headers_replace(headers, "Accept-Encoding", "identity");
  if (size > 0)
    soup_message_headers_set_range(headers, size, -1);
  g_autoptr(GInputStream) body =
      soup_session_send(transfer->session, message, transfer->cancellable, &error);
  if (!body)
    return not_reached(transfer, url, error, err);
  return take_answer(transfer, message, body, (guint64)size, err);
}
