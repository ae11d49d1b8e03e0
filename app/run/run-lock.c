/* run-lock.c: see run-lock.h. */
#include "run-lock.h"
#include "engine/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One file that this process has opened. */
typedef struct OpenFile {
  struct OpenFile *next;
  dev_t device;
  ino_t number;
  int descriptor;
  int n_users;
  bool written; /* by one of them */
} OpenFile;

struct BpRunLock {
  OpenFile *file;
  bool taken; /* by this handle */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static OpenFile *files; /* under the mutex */

/* Far from the bytes at 2³⁰ that SQLite locks; a lock may lie behind a file's end. */
static struct flock writer_byte(void)
{
  return (struct flock){
      .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)1 << 62, .l_len = 1};
}

static bool fail(const char *path, NnError *err)
{
  return errno == EINVAL
             ? nn_fail(err, NN_ERR_IO, path, "%s is a device or pipe, but a file is needed.", path)
             : nn_fail(err, NN_ERR_IO, path, "%s could not be opened: %s.", path, strerror(errno));
}

static OpenFile *find(const struct stat *info)
{
  OpenFile *file = files;
  while (file && (file->device != info->st_dev || file->number != info->st_ino))
    file = file->next;
  return file;
}

/* A pipe must not be waited for. */
static int open_either(const char *path)
{
  int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  return descriptor >= 0 ? descriptor : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* The file of that path, known or new; NULL with errno. */
static OpenFile *open_file(const char *path)
{
  struct stat info;
  if (stat(path, &info) != 0)
    return NULL;
  errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
  OpenFile *file = S_ISREG(info.st_mode) ? find(&info) : NULL;
  if (file || !S_ISREG(info.st_mode))
    return file;
  int descriptor = open_either(path);
  if (descriptor < 0)
    return NULL;
  file = nn_alloc(sizeof *file);
  /* Another one may have got the name in between. */
  if (!file || fstat(descriptor, &info) != 0 || find(&info)) {
    errno = file ? EAGAIN : ENOMEM;
    nn_free(file);
    close(descriptor);
    return NULL;
  }
  *file = (OpenFile){
      .next = files, .device = info.st_dev, .number = info.st_ino, .descriptor = descriptor};
  return files = file;
}

bool bp_run_lock_open(const char *path, BpRunLock **lock, NnError *err)
{
  BpRunLock *self = nn_alloc(sizeof *self);
  if (!self)
    return nn_fail_nomem(err, "the name of a file");
  pthread_mutex_lock(&mutex);
  self->file = open_file(path);
  if (self->file)
    self->file->n_users++;
  pthread_mutex_unlock(&mutex);
  if (!self->file) {
    fail(path, err);
    nn_free(self);
    return false;
  }
  *lock = self;
  return true;
}

static void forget(OpenFile *file)
{
  OpenFile **at = &files;
  while (*at != file)
    at = &(*at)->next;
  *at = file->next;
  close(file->descriptor);
  nn_free(file);
}

void bp_run_lock_close(BpRunLock *lock)
{
  if (!lock)
    return;
  pthread_mutex_lock(&mutex);
  OpenFile *file = lock->file;
  if (lock->taken) {
    struct flock none = writer_byte();
    none.l_type = F_UNLCK;
    fcntl(file->descriptor, F_OFD_SETLK, &none);
    file->written = false;
  }
  if (--file->n_users == 0)
    forget(file);
  pthread_mutex_unlock(&mutex);
  nn_free(lock);
}

int bp_run_lock_descriptor(const BpRunLock *lock)
{
  return lock->file->descriptor;
}

/* A file system that knows no locks says so in one of several ways. */
static bool lock_byte(int descriptor)
{
  struct flock byte = writer_byte();
  return fcntl(descriptor, F_OFD_SETLK, &byte) == 0 || errno == EINVAL || errno == ENOLCK ||
         errno == ENOSYS || errno == EOPNOTSUPP;
}

bool bp_run_lock_take(BpRunLock *lock)
{
  pthread_mutex_lock(&mutex);
  OpenFile *file = lock->file;
  lock->taken = !file->written && lock_byte(file->descriptor);
  file->written = file->written || lock->taken;
  pthread_mutex_unlock(&mutex);
  return lock->taken;
}

bool bp_run_lock_is_taken(BpRunLock *lock)
{
  struct flock byte = writer_byte();
  pthread_mutex_lock(&mutex);
  bool taken = lock->file->written ||
               (fcntl(lock->file->descriptor, F_OFD_GETLK, &byte) == 0 && byte.l_type != F_UNLCK);
  pthread_mutex_unlock(&mutex);
  return taken;
}
