/* folder.h: a folder of its own for each test, under TMPDIR; empty of runs at its end. */
#pragma once
#include "app/run/run-list.h"
#include "engine/mem.h"
#include "tests/check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char test_folder[256];

static inline const char *in_folder(const char *name)
{
  static char paths[4][512];
  static int next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
  return path;
}

static inline void folder_make(void)
{
  const char *base = getenv("TMPDIR");
  snprintf(test_folder, sizeof test_folder, "%s/backprop-run-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(test_folder))
    abort();
}

static inline void folder_remove(void)
{
  char command[300];
  snprintf(command, sizeof command, "rm -rf '%s'", test_folder);
  if (system(command) != 0)
    abort();
}

/* A run's properties that are as good as any. */
static inline BpRunInfo some_info(const char *title, const char *created)
{
  BpRunInfo info;
  bp_run_info_init(&info);
  info.title = (char *)title;
  info.created = (char *)created;
  info.program = (char *)"0.1.0";
  info.recipe = (char *)"{\"version\": 1}";
  info.state = (char *)"active";
  info.n_steps = 1000;
  return info; /* borrowed texts: not to be cleared */
}

static inline BpRunFile *new_run(const char *name)
{
  BpRunFile *file = NULL;
  NnError err = {0};
  BpRunInfo info = some_info(name, "2026-11-28T15:07:15.123Z");
  nn_check(bp_run_file_create(in_folder(name), &info, &file, &err));
  nn_check_str(err.text, "");
  return file;
}
