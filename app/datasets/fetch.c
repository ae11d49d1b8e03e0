/* fetch.c: see fetch.h. Reading order: the checksums, one file from one mirror, from all of them,
 * all files, the object. */
#include "fetch.h"
#include "fetch-transfer.h"
#include "data/byte-file.h"
#include "data/locate.h"
#include "data/mnist.h"
#include "engine/mem.h"
#include "engine/out-file.h"
#include "engine/set-aside.h"
#include "engine/utf8.h"
#include "ui/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  MAX_BREAKS = 100,    /* of one file's transfer, each of which brought something */
  MAX_IDLE_BREAKS = 3, /* in a row that brought nothing */
  PAUSE_MS = 300,      /* after each of those */
  BLOCK = 1 << 16,
  SPARE = 1 << 20 /* bytes by which a file that was packed anew may be longer */
};

struct BpFetch {
  const NnCatalogSet *set;
  char *from, *dir;
  GCancellable *cancellable;
  SoupSession *session; /* while it runs */
  guint64 before;       /* bytes of the files that are complete */
  _Atomic uint64_t done;
  GString *note; /* of files that got another name */
};

/* ---- checksums ---- */

/* Whether the file as it is has this size and checksum; one that cannot be read has not. */
static gboolean file_is(const char *path, guint64 size, const char *md5, GCancellable *stop)
{
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GFileInputStream) stream = g_file_read(file, stop, NULL);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
  g_autofree guint8 *block = g_malloc(BLOCK);
  guint64 n = 0;
  gssize got = stream ? 1 : -1;
  while (got > 0 && n <= size) {
    got = g_input_stream_read(G_INPUT_STREAM(stream), block, BLOCK, stop, NULL);
    if (got > 0)
      g_checksum_update(sum, block, got);
    n += got > 0 ? (guint64)got : 0;
  }
  return got == 0 && n == size && strcmp(g_checksum_get_string(sum), md5) == 0;
}

/* The same for what is packed in it. The reader of the data room does this, which also refuses
 * foreign bytes behind the packed ones. */
static gboolean unpacked_is(NnByteFile *file, guint64 size, const char *md5, GCancellable *stop)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
  g_autofree guint8 *block = g_malloc(BLOCK);
  guint64 n = 0;
  for (gsize got = BLOCK; got == BLOCK && !g_cancellable_is_cancelled(stop); n += got) {
    if (n > size || !nn_byte_file_read(file, block, BLOCK, &got, NULL))
      return FALSE;
    g_checksum_update(sum, block, (gssize)got);
  }
  return n == size && strcmp(g_checksum_get_string(sum), md5) == 0;
}

static gboolean content_is(const char *path, guint64 size, const char *md5, GCancellable *stop)
{
  NnByteFile file;
  if (!nn_byte_file_open(&file, path, NULL))
    return FALSE;
  gboolean is = unpacked_is(&file, size, md5, stop);
  nn_byte_file_close(&file);
  return is;
}

/* A server that packs whatever it sends, also what is packed, and does so although nobody asked for
 * it: the file is what is packed in the part. */
static gboolean unwrap(const char *path, int fd, const NnCatalogFile *wanted, GCancellable *stop)
{
  NnByteFile file;
  gsize got = 0;
  if (!content_is(path, wanted->size, wanted->md5, stop) || !nn_byte_file_open(&file, path, NULL))
    return FALSE;
  g_autofree guint8 *bytes = g_try_malloc(wanted->size);
  gboolean ok = bytes && nn_byte_file_read(&file, bytes, wanted->size, &got, NULL) &&
                got == wanted->size && pwrite(fd, bytes, got, 0) == (gssize)got &&
                ftruncate(fd, (off_t)got) == 0;
  nn_byte_file_close(&file);
  return ok;
}

/* The catalog's own file, or its content packed anew. */
static gboolean is_right(const BpFetch *fetch, const char *path, const NnCatalogFile *wanted)
{
  GCancellable *stop = fetch->cancellable;
  return file_is(path, wanted->size, wanted->md5, stop) ||
         (wanted->content_md5 && content_is(path, wanted->content_size, wanted->content_md5, stop));
}

/* ---- one file from one mirror ---- */

typedef struct {
  BpFetch *fetch;
  const NnCatalogFile *wanted;
  char *path, *part; /* final name, and the one before that */
  int fd;            /* of part */
} Item;

static void on_progress(void *user, guint64 size)
{
  const Item *item = user;
  atomic_store(&item->fetch->done, item->fetch->before + MIN(size, item->wanted->size));
}

static guint64 part_size(const Item *item)
{
  struct stat info;
  return fstat(item->fd, &info) == 0 ? (guint64)info.st_size : 0;
}

/* Asks again as long as that brings more. */
static BpTransferEnd transfer_all(Item *item, const char *url, NnError *err)
{
  BpTransfer transfer = {.session = item->fetch->session,
                         .cancellable = item->fetch->cancellable,
                         .fd = item->fd,
                         .path = item->part,
                         .size = item->wanted->size,
                         .limit = 2 * item->wanted->size + SPARE,
                         .progress = on_progress,
                         .user = item};
  for (int breaks = 0, idle = 0;; breaks++) {
    guint64 before = part_size(item);
    BpTransferEnd end = bp_transfer(&transfer, url, err);
    if (end != BP_TRANSFER_BROKEN)
      return end;
    if (transfer.unsure && is_right(item->fetch, item->part, item->wanted))
      return BP_TRANSFER_DONE;
    idle = part_size(item) > before ? 0 : idle + 1;
    if (breaks >= MAX_BREAKS || idle >= MAX_IDLE_BREAKS)
      return BP_TRANSFER_FAILED;
    if (idle > 0)
      g_usleep(PAUSE_MS * 1000);
  }
}

static BpTransferEnd fail_place(const Item *item, NnError *err)
{
  nn_fail(err, NN_ERR_IO, item->path, "%s could not be moved into place: %s.", item->path,
          strerror(errno));
  return BP_TRANSFER_STOPPED;
}

/* Somebody's file, which has the name of one of the set's, is not written over. */
static bool set_aside(const BpFetch *fetch, const char *path, NnError *err)
{
  char *to = NULL;
  if (!nn_set_aside(path, path, "old", &to, err))
    return false;
  if (fetch->note->len > 0)
    g_string_append_c(fetch->note, ' ');
  g_string_append_printf(fetch->note, _("%s was not the file of %s; it is kept as %s."), path,
                         fetch->set->title, to);
  nn_utf8_clean(fetch->note->str);
  nn_free(to);
  return true;
}

static bool is_somebodys(const char *path)
{
  struct stat info;
  return lstat(path, &info) == 0 && !S_ISDIR(info.st_mode) &&
         !(S_ISREG(info.st_mode) && info.st_size == 0);
}

/* What has come is on the disk before it gets its name, so that a power cut leaves no empty file.
 */
static BpTransferEnd put_in_place(const Item *item, NnError *err)
{
  if (is_somebodys(item->path) && !set_aside(item->fetch, item->path, err))
    return BP_TRANSFER_STOPPED;
  if (fsync(item->fd) != 0 || g_rename(item->part, item->path) != 0)
    return fail_place(item, err);
  nn_out_sync_folder(item->path);
  return BP_TRANSFER_DONE;
}

static BpTransferEnd fail_wrong(const Item *item, const char *url, NnError *err)
{
  guint64 size = part_size(item);
  if (size == item->wanted->size)
    nn_fail(err, NN_ERR_FORMAT, url, "%s is not the expected file: its checksum differs.", url);
  else
    nn_fail(err, NN_ERR_FORMAT, url, "%s is not the expected file: it has %llu bytes, not %llu.",
            url, (unsigned long long)size, (unsigned long long)item->wanted->size);
  return BP_TRANSFER_FAILED;
}

/* The file's name goes behind the path, before a ?query; a #fragment is nothing to a server. */
static char *file_url(const char *mirror, const char *name)
{
  int path = (int)strcspn(mirror, "?#"), query = (int)strcspn(mirror + path, "#");
  const char *slash = path > 0 && mirror[path - 1] == '/' ? "" : "/";
  return g_strdup_printf("%.*s%s%s%.*s", path, mirror, slash, name, query, mirror + path);
}

/* A start that came from elsewhere, or at another time, may not fit what this mirror added: then it
 * is asked once more for everything. */
static BpTransferEnd try_mirror(Item *item, const char *mirror, NnError *err)
{
  g_autofree char *url = file_url(mirror, item->wanted->name);
  for (;;) {
    gboolean continued = part_size(item) > 0;
    BpTransferEnd end = transfer_all(item, url, err);
    if (end != BP_TRANSFER_DONE && !(end == BP_TRANSFER_FAILED && err->status == NN_ERR_FORMAT))
      return end;
    if (end == BP_TRANSFER_DONE &&
        (is_right(item->fetch, item->part, item->wanted) ||
         unwrap(item->part, item->fd, item->wanted, item->fetch->cancellable)))
      return put_in_place(item, err);
    if (g_cancellable_is_cancelled(item->fetch->cancellable)) {
      nn_fail(err, NN_ERR_CANCELLED, item->part,
              "Stopped; what was downloaded so far is kept, and the next download continues from "
              "there.");
      return BP_TRANSFER_STOPPED;
    }
    if (end == BP_TRANSFER_DONE)
      fail_wrong(item, url, err);
    if (ftruncate(item->fd, 0) != 0)
      return fail_place(item, err);
    on_progress(item, 0);
    if (!continued)
      return BP_TRANSFER_FAILED;
  }
}

/* ---- one file ---- */

/* Whether the part still has its name: another program may have put it in place meanwhile. */
static bool is_still_part(const Item *item)
{
  struct stat opened, named;
  return fstat(item->fd, &opened) == 0 && lstat(item->part, &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* In a folder where others may write there may be a link of theirs, or a file that they can still
 * write into, under the part's name. */
static bool is_own(int fd)
{
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 &&
         info.st_uid == geteuid();
}

static void leave_part(Item *item)
{
  if (item->fd >= 0)
    close(item->fd);
  item->fd = -1;
}

/* Two programs that fetch the same must not write into each other's part. */
static bool open_part(Item *item, NnError *err)
{
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  for (;;) {
    item->fd = open(item->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
    if (item->fd < 0 && errno != ELOOP && errno != EISDIR)
      return nn_fail(err, NN_ERR_IO, item->part, "%s could not be written: %s.", item->part,
                     strerror(errno));
    if (item->fd < 0 || !is_own(item->fd)) {
      leave_part(item);
      return nn_fail(err, NN_ERR_IO, item->part,
                     "%s is in the way: it is not one of your files; remove it first.", item->part);
    }
    bool taken = fcntl(item->fd, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
    if (!taken && is_still_part(item))
      return true;
    leave_part(item);
    if (taken)
      return nn_fail(err, NN_ERR_IO, item->part, "Another program is already downloading %s.",
                     item->part);
  }
}

/* An empty part is worth nothing. */
static void close_part(Item *item)
{
  if (item->fd >= 0 && part_size(item) == 0 && is_still_part(item))
    g_unlink(item->part);
  leave_part(item);
}

static bool from_mirrors(Item *item, NnError *err)
{
  const BpFetch *fetch = item->fetch;
  const char *const only[] = {fetch->from, NULL};
  const char *const *mirrors = fetch->from ? only : fetch->set->mirrors;
  NnError first = {0};
  for (int m = 0; mirrors[m]; m++) {
    NnError reason = {0};
    BpTransferEnd end = try_mirror(item, mirrors[m], &reason);
    if (end == BP_TRANSFER_DONE)
      return true;
    if (end == BP_TRANSFER_STOPPED) {
      if (err)
        *err = reason;
      return false;
    }
    if (m == 0)
      first = reason;
  }
  /* The first mirror is the one that mostly works: its reason tells most. */
  if (err)
    *err = first;
  return false;
}

static bool fetch_file(BpFetch *fetch, const NnCatalogFile *wanted, NnError *err)
{
  g_autofree char *path = g_build_filename(fetch->dir, wanted->name, NULL);
  g_autofree char *part = g_strconcat(path, ".part", NULL);
  Item item = {.fetch = fetch, .wanted = wanted, .path = path, .part = part, .fd = -1};
  bool ok = g_file_test(path, G_FILE_TEST_EXISTS) && is_right(fetch, path, wanted);
  if (!ok) {
    ok = open_part(&item, err) && from_mirrors(&item, err);
    close_part(&item);
  }
  if (ok) {
    fetch->before += wanted->size;
    atomic_store(&fetch->done, fetch->before);
  }
  return ok;
}

/* ---- all of them ---- */

/* A plain file beside the packed one is read in its place: that has to be the same. One for each
 * form of the names, at most. */
static bool clear_the_way(const BpFetch *fetch, NnError *err)
{
  enum { MOST = 16 };
  NnMnistFiles files;
  bool ok = true, moved = true;
  for (int tries = 0; ok && moved && tries < MOST; tries++) {
    moved = false;
    if (nn_mnist_find_set(fetch->dir, fetch->set, false, &files) < NN_CATALOG_FILES ||
        strcmp(files.dir, fetch->dir) != 0)
      break;
    for (int f = 0; ok && f < NN_CATALOG_FILES; f++) {
      const NnCatalogFile *wanted = &fetch->set->files[f];
      if (g_str_has_suffix(files.paths[f], wanted->name) ||
          is_right(fetch, files.paths[f], wanted) || g_cancellable_is_cancelled(fetch->cancellable))
        continue;
      ok = set_aside(fetch, files.paths[f], err);
      moved = true;
    }
  }
  return ok;
}

bool bp_fetch_run(BpFetch *fetch, NnError *err)
{
  if (g_mkdir_with_parents(fetch->dir, 0755) != 0)
    return nn_fail(err, NN_ERR_IO, fetch->dir, "The folder %s could not be created: %s.",
                   fetch->dir, g_strerror(errno));
  /* A session belongs to the thread and the main context that it was made in. */
  GMainContext *context = g_main_context_new();
  g_main_context_push_thread_default(context);
  fetch->session = bp_transfer_session();
  bool ok = true;
  for (int f = 0; ok && f < NN_CATALOG_FILES; f++)
    ok = fetch_file(fetch, &fetch->set->files[f], err);
  ok = ok && clear_the_way(fetch, err);
  soup_session_abort(fetch->session);
  g_clear_object(&fetch->session);
  g_main_context_pop_thread_default(context);
  g_main_context_unref(context);
  return ok;
}

void bp_fetch_cancel(BpFetch *fetch)
{
  g_cancellable_cancel(fetch->cancellable);
}

/* ---- the object ---- */

static bool check_address(const char *from, NnError *err)
{
  g_autoptr(GUri) uri = from ? g_uri_parse(from, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *scheme = uri ? g_uri_get_scheme(uri) : "";
  if (!from || ((g_str_equal(scheme, "http") || g_str_equal(scheme, "https")) &&
                g_uri_get_host(uri) && g_uri_get_host(uri)[0]))
    return true;
  return nn_fail(
      err, NN_ERR_ARG, "from",
      "%s is not an address to download from: give one that starts with http:// or https://.",
      from);
}

/* The user's directory for NULL; owned, or NULL and *err. */
static char *root_dir(const char *dir, NnError *err)
{
  if (dir)
    return g_strdup(dir);
  char *found = NULL;
  if (!nn_data_user_dir(&found, err))
    return NULL;
  char *copy = g_strdup(found);
  nn_free(found);
  if (!copy)
    nn_fail(err, NN_ERR_IO, NULL,
            "There is no data directory because neither XDG_DATA_HOME nor HOME is set.");
  return copy;
}

bool bp_fetch_new(const NnCatalogSet *set, const char *from, const char *dir, BpFetch **fetch,
                  NnError *err)
{
  if (!check_address(from, err))
    return false;
  g_autofree char *root = root_dir(dir, err);
  if (!root)
    return false;
  BpFetch *made = g_new0(BpFetch, 1);
  made->set = set;
  made->from = g_strdup(from);
  made->dir = g_build_filename(root, set->folder, "raw", NULL);
  made->cancellable = g_cancellable_new();
  made->note = g_string_new("");
  *fetch = made;
  return true;
}

void bp_fetch_free(BpFetch *fetch)
{
  if (!fetch)
    return;
  g_object_unref(fetch->cancellable);
  g_free(fetch->from);
  g_free(fetch->dir);
  g_string_free(fetch->note, TRUE);
  g_free(fetch);
}

BpFetchProgress bp_fetch_progress(const BpFetch *fetch)
{
  return (BpFetchProgress){.done = atomic_load(&fetch->done), .total = nn_catalog_size(fetch->set)};
}

const char *bp_fetch_dir(const BpFetch *fetch)
{
  return fetch->dir;
}

const char *bp_fetch_note(const BpFetch *fetch)
{
  return fetch->note->str;
}

const NnCatalogSet *bp_fetch_set(const BpFetch *fetch)
{
  return fetch->set;
}
