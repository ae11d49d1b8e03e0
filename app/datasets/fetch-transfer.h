/* fetch-transfer.h: one request: what an address has to give, behind what is in a file already. */
#pragma once
#include <libsoup/soup.h>
#include "engine/error.h"

typedef enum {
  BP_TRANSFER_DONE,   /* the server gave everything it has */
  BP_TRANSFER_BROKEN, /* the connection ended before: asking again may go on from here */
  BP_TRANSFER_FAILED, /* this address does not have it: another may */
  BP_TRANSFER_STOPPED /* cancelled, or nothing can be written: no address will help */
} BpTransferEnd;

typedef struct {
  SoupSession *session; /* of the thread that calls; see bp_transfer_session() */
  GCancellable *cancellable;
  int fd;                                     /* open for reading and writing */
  const char *path;                           /* of fd, for sentences */
  guint64 size;                               /* of the file that is wanted, as far as is known */
  guint64 limit;                              /* more bytes than this cannot be right */
  void (*progress)(void *user, guint64 size); /* after every piece: the size of the file */
  void *user;
  gboolean
      unsure; /* the answer ended where it may have ended, or have been cut: it gave no length */
  gboolean whole; /* the server's ranges cannot be used: it is asked for all; set as that shows */
} BpTransfer;

/* A session that gives bytes as they are on the server, and gives up a connection on which nothing
 * comes for half a minute. Owned by the caller. */
SoupSession *bp_transfer_session(void);
/* Asks `url` for what lies behind the file's content. A server that cannot do that gives all, which
 * is written over what is there, so that a second cut loses nothing. An answer counts as DONE only
 * when it is as long as the server said, or says itself where it ends. Unless DONE, *err says why
 * in one sentence. */
BpTransferEnd bp_transfer(BpTransfer *transfer, const char *url, NnError *err);
