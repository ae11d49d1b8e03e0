/* peer.c: see peer.h. */
#include "peer.h"
#include "app/cli-bench-peers.h" /* bench_peers_py, made of peers.py */
#include "engine/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A line, without its end; false: the process has ended. */
static bool read_line(int fd, char *line, size_t size)
{
  size_t n = 0;
  char c;
  for (;;) {
    ssize_t got = read(fd, &c, 1);
    if (got < 0 && errno == EINTR)
      continue;
    if (got != 1)
      return false;
    if (c == '\n')
      break;
    if (n + 1 < size)
      line[n++] = c;
  }
  line[n] = '\0';
  return true;
}

/* What it says beside its answers is of no use to anybody who only wants numbers. */
static void become_python(const char *python, const char *name, const char *dir, int in, int out)
{
  int nowhere = open("/dev/null", O_WRONLY);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  if (nowhere >= 0)
    dup2(nowhere, STDERR_FILENO);
  execlp(python, python, "-c", bench_peers_py, name, dir, (char *)NULL);
  _exit(127);
}

static bool greet(BenchPeer *peer)
{
  char line[256];
  json_t *greeting = read_line(peer->from, line, sizeof line) ? json_loads(line, 0, NULL) : NULL;
  const char *version = json_string_value(json_object_get(greeting, "version"));
  if (version)
    snprintf(peer->version, sizeof peer->version, "%s", version);
  json_decref(greeting);
  return peer->version[0] != '\0';
}

bool bench_peer_start(BenchPeer *peer, const char *python, const char *name, const char *dir)
{
  int in[2], out[2];
  *peer = (BenchPeer){0};
  if (pipe2(in, O_CLOEXEC) != 0)
    return false;
  if (pipe2(out, O_CLOEXEC) != 0) {
    close(in[0]);
    close(in[1]);
    return false;
  }
  pid_t process = fork();
  if (process == 0)
    become_python(python, name, dir, in[0], out[1]);
  close(in[0]);
  close(out[1]);
  *peer = (BenchPeer){.process = process > 0 ? process : 0, .to = in[1], .from = out[0]};
  if (process > 0 && greet(peer))
    return true;
  bench_peer_stop(peer);
  return false;
}

void bench_peer_stop(BenchPeer *peer)
{
  if (peer->to > 0)
    close(peer->to); /* the end of its input is its own */
  if (peer->from > 0)
    close(peer->from);
  if (peer->process > 0)
    waitpid(peer->process, NULL, 0);
  *peer = (BenchPeer){0};
}

bool bench_peer_measure(const BenchPeer *peer, const BenchCase *bench, double seconds,
                        int n_threads, double *rate, char why[256])
{
  static const char *const ways[] = {"", "written", "fastest", "stack", "cnn", "scan"};
  char line[512];
  snprintf(line, sizeof line,
           "{\"way\": \"%s\", \"batch\": %d, \"seconds\": %g, \"threads\": %d}\n", ways[bench->way],
           bench->batch_size, seconds, n_threads);
  snprintf(why, 256, "Python has ended");
  if (write(peer->to, line, strlen(line)) != (ssize_t)strlen(line) ||
      !read_line(peer->from, line, sizeof line))
    return false;
  json_t *answer = json_loads(line, 0, NULL);
  json_t *number = json_object_get(answer, "rate");
  const char *error = json_string_value(json_object_get(answer, "error"));
  if (error)
    snprintf(why, 256, "%s", error);
  *rate = json_number_value(number);
  bool ok = json_is_number(number);
  json_decref(answer);
  return ok;
}
