/* out-file.c: see out-file.h. Reading order: where the file will be, what may not be written, the
 * part beside it, opening, closing. */
#include "out-file.h"
#include "mem.h"
#include "set-aside.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LINKS = 40 }; /* as the system's own limit */
static const char ending[] = ".backprop-part";

static bool fail_errno(const char *path, NnError *err)
{
  return nn_fail(err, NN_ERR_IO, path, "%s cannot be written: %s.", path, strerror(errno));
}

/* ---- where the file will be ---- */

/* Splits a path into its folder ("." and "/" included) and the rest. */
static const char *split(const char *path, char folder[PATH_MAX])
{
  const char *slash = strrchr(path, '/');
  int length = !slash || slash == path ? 1 : (int)(slash - path);
  snprintf(folder, PATH_MAX, "%.*s", length, slash ? path : ".");
  return slash ? slash + 1 : path;
}

/* The kernel's rule for links in sticky folders such as /tmp (fs.protected_symlinks), which counts
 * for what it opens itself and not for readlink(). */
static bool may_follow(const char *path)
{
  char folder[PATH_MAX];
  struct stat link, around;
  split(path, folder);
  if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode) || stat(folder, &around) != 0)
    return true;
  bool open_to_all = (around.st_mode & S_ISVTX) && (around.st_mode & S_IWOTH);
  return !open_to_all || link.st_uid == geteuid() || link.st_uid == around.st_uid;
}

/* One step along a link: `path` becomes what it says. */
static bool follow(char path[PATH_MAX])
{
  char says[PATH_MAX], folder[PATH_MAX], next[2 * PATH_MAX];
  ssize_t n = readlink(path, says, sizeof says - 1);
  if (n < 0)
    return false;
  says[n] = '\0';
  split(path, folder);
  int length = says[0] == '/' ? snprintf(next, sizeof next, "%s", says)
                              : snprintf(next, sizeof next, "%s/%s", folder, says);
  if (length >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(path, next, (size_t)length + 1);
  return true;
}

/* Absolute, with all links followed, also where there is no file at their end yet. */
static bool resolve(const char *path, char real[PATH_MAX])
{
  char at[PATH_MAX], folder[PATH_MAX], whole[PATH_MAX];
  if (snprintf(at, sizeof at, "%s", path) >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  struct stat info;
  for (int links = 0; lstat(at, &info) == 0 && S_ISLNK(info.st_mode); links++) {
    errno = links == MOST_LINKS ? ELOOP : EACCES;
    if (links == MOST_LINKS || !may_follow(at) || !follow(at))
      return false;
  }
  const char *name = split(at, folder);
  if (!realpath(folder, whole))
    return false;
  errno = !name[0] ? EISDIR : ENAMETOOLONG;
  return name[0] && snprintf(real, PATH_MAX, "%s/%s", whole[1] ? whole : "", name) < PATH_MAX;
}

/* ---- what may not be written ---- */

/* Where only the owner of a file may replace it (sticky folders), is it ours? */
static bool may_replace(const char *path, const struct stat *old)
{
  char folder[PATH_MAX];
  struct stat around;
  split(path, folder);
  uid_t self = geteuid();
  return stat(folder, &around) != 0 || !(around.st_mode & S_ISVTX) || self == 0 ||
         old->st_uid == self || around.st_uid == self;
}

/* What is there already: nothing, or an ordinary file that may be written and replaced. */
static bool check_old(const char *path, NnError *err)
{
  struct stat old;
  if (lstat(path, &old) != 0)
    return errno == ENOENT || fail_errno(path, err);
  errno = S_ISDIR(old.st_mode) ? EISDIR : EPERM;
  if (S_ISDIR(old.st_mode) || !may_replace(path, &old) ||
      faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
    return fail_errno(path, err);
  return true;
}

/* ---- the part ---- */

/* Of a name that is too long to be made longer, the first bytes. */
static char *part_of(const char *path, NnError *err)
{
  char folder[PATH_MAX];
  const char *name = split(path, folder);
  size_t size = strlen(path) + sizeof ending + 2;
  char *part = nn_alloc(size);
  if (!part) {
    nn_fail_nomem(err, "the name of a file");
    return NULL;
  }
  int most = NAME_MAX - (int)sizeof ending;
  snprintf(part, size, "%.*s.%.*s%s", (int)(name - path), path, most, name, ending);
  return part;
}

/* Another program's lock; a file system that knows none says something else. */
static bool is_taken(int file)
{
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(file, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
}

static bool is_still(int file, const char *part)
{
  struct stat opened, named;
  return fstat(file, &opened) == 0 && lstat(part, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

static bool is_ours(int file)
{
  struct stat info;
  return fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 &&
         info.st_uid == geteuid();
}

/* Takes away a part that nobody writes any more. False: somebody does (EBUSY), or it is none of
 * ours, but a link, or somebody else's (EEXIST). */
static bool sweep(const char *part)
{
  int file = open(part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0 && errno == ENOENT)
    return true;
  bool ours = file >= 0 && is_ours(file);
  bool taken = ours && (is_taken(file) || !is_still(file, part));
  bool gone = ours && !taken && unlink(part) == 0;
  if (file >= 0)
    close(file);
  errno = taken ? EBUSY : EEXIST;
  return gone;
}

static int open_part(const char *part)
{
  for (int tries = 0; tries < 8; tries++) {
    int file = open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file >= 0 && !is_taken(file) && is_still(file, part))
      return file;
    if (file >= 0)
      close(file); /* another program has just begun, too */
    else if (errno != EEXIST || !sweep(part))
      return -1;
  }
  errno = EBUSY;
  return -1;
}

void nn_out_sweep(const char *path)
{
  char real[PATH_MAX];
  char *part = resolve(path, real) ? part_of(real, NULL) : NULL;
  if (part)
    sweep(part);
  nn_free(part);
}

/* While it is renamed, the part is locked like one that is being written. */
static bool rescue(const char *part, const char *real, size_t least, char **kept, NnError *err)
{
  struct stat info;
  int file = open(part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return true;
  bool left = is_ours(file) && !is_taken(file) && is_still(file, part) && fstat(file, &info) == 0 &&
              (unsigned long long)info.st_size > least;
  bool ok = !left || nn_set_aside(part, real, "unfinished", kept, err);
  close(file);
  return ok;
}

bool nn_out_rescue(const char *path, size_t least, char **kept, NnError *err)
{
  char real[PATH_MAX];
  *kept = NULL;
  if (!resolve(path, real))
    return true;
  char *part = part_of(real, err);
  bool ok = part && rescue(part, real, least, kept, err);
  nn_free(part);
  return ok;
}

/* ---- opening ---- */

/* What the shell has opened for us, /dev/stdout or /dev/fd/3, is not to be replaced by a new file:
 * the number of the descriptor, or −1. */
static int own_descriptor(const char *path)
{
  char at[PATH_MAX], folder[PATH_MAX], whole[PATH_MAX], own[64];
  snprintf(own, sizeof own, "/proc/%ld/fd", (long)getpid());
  if (snprintf(at, sizeof at, "%s", path) >= PATH_MAX)
    return -1;
  for (int links = 0; links < MOST_LINKS; links++) {
    const char *name = split(at, folder);
    if (realpath(folder, whole) && strcmp(whole, own) == 0)
      return atoi(name);
    if (!follow(at))
      break;
  }
  return -1;
}

/* A device, or a pipe: nothing that would have to be protected. */
static bool is_device(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

bool nn_out_is_straight(const char *path)
{
  return own_descriptor(path) >= 0 || is_device(path);
}

bool nn_out_is_same(const char *a, const char *b)
{
  char real_a[PATH_MAX], real_b[PATH_MAX];
  return !nn_out_is_straight(a) && resolve(a, real_a) && resolve(b, real_b) &&
         strcmp(real_a, real_b) == 0;
}

static bool open_straight(NnOutFile *out, const char *path, int descriptor, NnError *err)
{
  out->path = nn_strdup(path);
  if (!out->path)
    return nn_fail_nomem(err, "the name of a file");
  int file = descriptor >= 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
                             : open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
  out->file = file < 0 ? NULL : fdopen(file, "w");
  return out->file || fail_errno(path, err);
}

static bool fail_part(const NnOutFile *out, NnError *err)
{
  if (errno == EBUSY)
    return nn_fail(err, NN_ERR_IO, out->path,
                   "%s cannot be written: another program is writing it at the moment.", out->path);
  if (errno == EEXIST)
    return nn_fail(err, NN_ERR_IO, out->path,
                   "%s cannot be written: %s is in the way; remove it first.", out->path,
                   out->part);
  return fail_errno(out->path, err);
}

static bool open_beside(NnOutFile *out, const char *real, NnError *err)
{
  struct stat old;
  out->path = nn_strdup(real);
  out->part = part_of(real, err);
  if (!out->path)
    return nn_fail_nomem(err, "the name of a file");
  if (!out->part || !check_old(real, err))
    return false;
  int file = open_part(out->part);
  if (file < 0)
    return fail_part(out, err);
  if (stat(real, &old) == 0)
    (void)!fchmod(file, old.st_mode & 07777);
  out->file = fdopen(file, "w");
  if (!out->file) {
    unlink(out->part);
    close(file);
  }
  return out->file || fail_errno(real, err);
}

bool nn_out_open(NnOutFile *out, const char *path, NnError *err)
{
  char real[PATH_MAX];
  *out = (NnOutFile){0};
  if (!*path)
    return nn_fail(err, NN_ERR_IO, path, "A file cannot be written: its name is empty.");
  int descriptor = own_descriptor(path);
  bool straight = descriptor >= 0 || is_device(path);
  bool ok = straight              ? open_straight(out, path, descriptor, err)
            : resolve(path, real) ? open_beside(out, real, err)
                                  : fail_errno(path, err);
  if (!ok)
    nn_out_close(out, false, NULL);
  return ok;
}

/* ---- closing ---- */

void nn_out_sync_folder(const char *path)
{
  char folder[PATH_MAX];
  split(path, folder);
  int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return;
  (void)!fsync(file);
  close(file);
}

static bool put_in_place(const NnOutFile *out, NnError *err)
{
  if (!is_still(fileno(out->file), out->part)) {
    errno = ENOENT;
    return fail_errno(out->path, err);
  }
  if (fsync(fileno(out->file)) != 0 || rename(out->part, out->path) != 0)
    return fail_errno(out->path, err);
  nn_out_sync_folder(out->path);
  return true;
}

bool nn_out_check(const char *path, NnError *err)
{
  NnOutFile out;
  return is_device(path) || (nn_out_open(&out, path, err) && nn_out_close(&out, false, err));
}

bool nn_out_failed(const NnOutFile *out, NnError *err)
{
  return fail_errno(out->path, err);
}

bool nn_out_close(NnOutFile *out, bool keep, NnError *err)
{
  bool ok = true;
  if (out->file) {
    errno = EIO;
    if (keep)
      ok = (fflush(out->file) == 0 && !ferror(out->file)) || fail_errno(out->path, err);
    if (keep && ok && out->part)
      ok = put_in_place(out, err);
    if (out->part && !(keep && ok) && is_still(fileno(out->file), out->part))
      unlink(out->part);
    if (fclose(out->file) != 0 && keep && ok && !out->part)
      ok = fail_errno(out->path, err);
  }
  nn_free(out->path);
  nn_free(out->part);
  *out = (NnOutFile){0};
  return ok;
}
