/* test-machine.c: how much of the computer may be used, in trees of files laid out as proc(5) and
 * the kernel's documentation of cgroups (admin-guide/cgroup-v1/memory, cgroup-v2) describe them.
 * The right numbers are sums done by hand. */
#include "data-kinds.h"
#include "tests/check.h"
#include "engine/machine.h"
#include "engine/mem.h"
#include "engine/recipe/recipe.h"
#include "engine/train/trainer.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/backprop-test-XXXXXX";
static const uint64_t MIB = 1 << 20;

/* Folders in between are made. */
static void put(const char *name, const char *text)
{
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  for (char *at = path + sizeof folder; (at = strchr(at, '/')); at++) {
    *at = '\0';
    mkdir(path, 0700);
    *at = '/';
  }
  FILE *file = fopen(path, "w");
  nn_check(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void start(const char *cgroup, const char *mountinfo)
{
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s/*", folder);
  nn_check_int(system(command), 0);
  nn_machine_set_root(folder);
  put("proc/meminfo", "MemTotal:       24683656 kB\nMemFree:          734600 kB\n"
                      "MemAvailable:    8388608 kB\nBuffers:           25148 kB\n");
  put("proc/self/cgroup", cgroup);
  put("proc/self/mountinfo", mountinfo);
}

static const char v1_mounts[] =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw shared:11 master:3 - cgroup cgroup rw,memory\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n";
static const char v1_groups[] = "9:name=systemd:/\n4:memory:/a/b\n3:cpu,cpuacct:/a\n0::/\n";

static void test_no_groups(void)
{
  start("", "");
  nn_check_int(nn_machine_memory(), 8192 * MIB);
  put("proc/meminfo", "MemTotal:       24683656 kB\n"); /* before Linux 3.14 */
  nn_check(nn_machine_memory() == UINT64_MAX);
  nn_check(nn_machine_has(UINT64_MAX / 2));
}

static void test_v1(void)
{
  start(v1_groups, v1_mounts);
  nn_check_int(nn_machine_memory(), 8192 * MIB);
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put("sys/fs/cgroup/memory/memory.usage_in_bytes", "9663676416\n");
  put("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "1610612736\n"); /* 1536 MiB */
  put("sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "536870912\n");  /* 512 MiB */
  nn_check_int(nn_machine_memory(), 1024 * MIB);
  put("sys/fs/cgroup/memory/a/b/memory.stat",
      "cache 999\nactive_file 1\ntotal_cache 268435456\ntotal_inactive_file 67108864\n"
      "total_active_file 134217728\n"); /* 64 and 128 MiB */
  nn_check_int(nn_machine_memory(), (1024 + 192) * MIB);
  put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2147483648\n"); /* 2048 MiB */
  put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "2000000000\n");
  nn_check_int(nn_machine_memory(), 147483648);
  put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "2200000000\n");
  nn_check_int(nn_machine_memory(), 0);
}

static void test_v2(void)
{
  start("0::/user.slice/app.scope\n", "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 "
                                      "rw,nsdelegate,memory_recursiveprot\n");
  put("sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
  put("sys/fs/cgroup/user.slice/app.scope/memory.high", "max\n");
  put("sys/fs/cgroup/user.slice/app.scope/memory.current", "104857600\n");
  nn_check_int(nn_machine_memory(), 8192 * MIB);
  put("sys/fs/cgroup/user.slice/memory.max", "1073741824\n");
  put("sys/fs/cgroup/user.slice/memory.high", "max\n");
  put("sys/fs/cgroup/user.slice/memory.current", "314572800\n"); /* 300 MiB */
  nn_check_int(nn_machine_memory(), 724 * MIB);
  put("sys/fs/cgroup/user.slice/memory.stat",
      "anon 1\nfile 1\nshmem 52428800\ninactive_file 52428800\nactive_file 10485760\n"
      "slab_reclaimable 10485760\nslab_unreclaimable 999\n"); /* 50, 10, 10 MiB */
  nn_check_int(nn_machine_memory(), 794 * MIB);
  put("sys/fs/cgroup/user.slice/app.scope/memory.high", "209715200\n"); /* 200 MiB of 100 */
  nn_check_int(nn_machine_memory(), 100 * MIB);
}

/* In a container the mount shows a part of the tree, and the path may be from the whole of it. */
static void test_container(void)
{
  start("0::/docker/1f/child\n", "30 23 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  put("sys/fs/cgroup/memory.max", "1073741824\n");
  put("sys/fs/cgroup/memory.current", "0\n");
  put("sys/fs/cgroup/child/memory.max", "524288000\n"); /* 500 MiB */
  put("sys/fs/cgroup/child/memory.current", "0\n");
  nn_check_int(nn_machine_memory(), 500 * MIB);
  put("proc/self/cgroup", "0::/docker/1f\n");
  nn_check_int(nn_machine_memory(), 1024 * MIB);
  put("proc/self/cgroup", "0::/docker/1f2\n"); /* another one */
  nn_check_int(nn_machine_memory(), 1024 * MIB);
  put("proc/self/cgroup", "0::/../elsewhere\n");
  nn_check_int(nn_machine_memory(), 1024 * MIB);
  put("proc/self/cgroup", "nonsense\n0:\n::\n");
  nn_check_int(nn_machine_memory(), 1024 * MIB); /* "::" is a line without a number */
  put("proc/self/mountinfo", "nonsense\n - \n1 2 3 - cgroup2\n");
  nn_check_int(nn_machine_memory(), 8192 * MIB);
}

/* ---- what a run takes ---- */

static bool fits(const NnTrainerOptions *options, uint64_t kib)
{
  char text[64];
  NnError err = {0};
  snprintf(text, sizeof text, "MemAvailable: %llu kB\n", (unsigned long long)kib);
  put("proc/meminfo", text);
  bool ok = nn_trainer_check(options, &err);
  nn_check(ok || err.status == NN_ERR_NOMEM);
  return ok;
}

/* The least free memory with which a run is not refused, in KiB. */
static uint64_t least(const NnTrainerOptions *options)
{
  uint64_t low = 0, high = 8 << 20;
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    *(fits(options, middle) ? &high : &low) = middle;
  }
  return high;
}

/* Each of an observer's three checkpoints of this network and Adam holds (784 + 1) · 2000 weights
 * with two numbers of the optimizer's for each, and the 10 weights and biases of each class. */
static void test_checkpoints(void)
{
  NnError err = {0};
  NnBackend *backend = NULL;
  NnConfig *recipe = NULL;
  NnSource train = {.shape = nn_shape_1d(784), .n_samples = 1000, .n_classes = 10};
  start("", "");
  nn_check(nn_backend_open("ref", 1, &backend, &err));
  nn_check(nn_recipe_parse("{\"version\": 1, \"data\": {\"transforms\": []}, \"network\": ["
                           "{\"kind\": \"Linear\", \"out_features\": 2000},"
                           "{\"kind\": \"Linear\", \"out_features\": 10}],"
                           "\"optimizer\": \"Adam\"}",
                           "test", &recipe, &err));
  nn_check_str(err.text, "");
  NnTrainerOptions options = {.recipe = recipe, .train = &train, .backend = backend};
  uint64_t without = least(&options);
  options.checkpoints = true;
  double more = 1024.0 * (double)(least(&options) - without);
  double sum = 3 * (3 * 4.0 * (785 * 2000 + 2001 * 10) + 4 * 1000);
  nn_check(more > 0.99 * sum);
  nn_check(more < 1.5 * sum); /* some is left for everybody else */
  nn_config_free(recipe);
  nn_backend_close(backend);
  nn_machine_set_root(NULL);
}

static int cores_of_process(void)
{
  cpu_set_t set;
  nn_check_int(sched_getaffinity(0, sizeof set, &set), 0);
  return CPU_COUNT(&set);
}

static void test_cores(void)
{
  int all = cores_of_process();
  start(v1_groups, v1_mounts);
  nn_check_int(nn_machine_cores(), all);
  put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
  nn_check_int(nn_machine_cores(), all);
  put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n");
  nn_check_int(nn_machine_cores(), 1);
  start("0::/a/b\n", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  nn_check_int(nn_machine_cores(), all);
  put("sys/fs/cgroup/a/cpu.max", "110000 100000\n"); /* a little more than one */
  nn_check_int(nn_machine_cores(), all < 2 ? all : 2);
  put("sys/fs/cgroup/a/cpu.max", "100000 100000\n");
  nn_check_int(nn_machine_cores(), 1);
  nn_machine_set_root(NULL);
}

static void test_affinity(void)
{
  cpu_set_t all, one;
  sched_getaffinity(0, sizeof all, &all);
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
    if (CPU_ISSET(i, &all))
      CPU_SET(i, &one);
  nn_check_int(sched_setaffinity(0, sizeof one, &one), 0);
  nn_check_int(nn_machine_cores(), 1);
  sched_setaffinity(0, sizeof all, &all);
}

/* The real files: a limit on the address space counts from what is mapped. */
static void test_limits(void)
{
  struct rlimit before, limit;
  unsigned long pages = 0;
  nn_machine_set_root(NULL);
  FILE *file = fopen("/proc/self/statm", "r");
  nn_check(file && fscanf(file, "%lu", &pages) == 1);
  fclose(file);
  uint64_t mapped = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
  getrlimit(RLIMIT_AS, &before);
  limit = before;
  limit.rlim_cur = mapped + 300 * MIB;
  if (mapped > (uint64_t)1 << 40) {
    nn_skip("the address sanitizer maps terabytes");
    return;
  }
  nn_check_int(setrlimit(RLIMIT_AS, &limit), 0);
  uint64_t found = nn_machine_memory();
  nn_check(found <= 300 * MIB && found > 290 * MIB);
  nn_check(nn_machine_has(200 * MIB) && !nn_machine_has(300 * MIB));
  setrlimit(RLIMIT_AS, &before);
}

/* What is not there is not asked for: the kernel would give it, and end the program when it is
 * used. */
static void test_alloc(void)
{
  start("", "");
  put("proc/meminfo", "MemAvailable:     102400 kB\n"); /* 100 MiB */
  nn_check(!nn_alloc(110 * MIB));
  void *memory = nn_alloc(90 * MIB);
  nn_check(memory != NULL);
  nn_free(memory);
  nn_machine_set_root(NULL);
}

static void test_text(void)
{
  static const struct {
    uint64_t bytes;
    const char *text;
  } cases[] = {{0, "0 kB"},           {1500, "2 kB"},         {999499, "999 kB"},
               {999500, "1 MB"},      {47040016, "47 MB"},    {999499999, "999 MB"},
               {999500000, "1.0 GB"}, {2600000000, "2.6 GB"}, {139000000000, "139 GB"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[NN_BYTES_TEXT];
    nn_check_str(nn_bytes_text(cases[i].bytes, text), cases[i].text);
  }
}

int main(void)
{
  add_data_kinds();
  if (!mkdtemp(folder))
    return 1;
  nn_test("without groups", test_no_groups);
  nn_test("groups of version 1", test_v1);
  nn_test("groups of version 2", test_v2);
  nn_test("in a container", test_container);
  nn_test("checkpoints are part of a run's memory", test_checkpoints);
  nn_test("cores", test_cores);
  nn_test("cores that are kept away", test_affinity);
  nn_test("limits of the process", test_limits);
  nn_test("large allocations", test_alloc);
  nn_test("sizes in words", test_text);
  int status = nn_test_done();
  char command[64];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command) == 0 ? status : 1;
}
