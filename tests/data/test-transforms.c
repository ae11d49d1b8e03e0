/* test-transforms.c: every transform against torchvision's own results (transforms-torch.json),
 * and resizing against Pillow's (resize-pillow.json), bytes bit for bit. Chances are the matter of
 * test-chances.c. */
#include "data/geometry.h"
#include "data/loader.h"
#include "data/kinds.h"
#include "data/resample.h"
#include "engine/mem.h"
#include "tests/ref/golden.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MAX_VALUES = 36 * 36 };

/* make_transforms.py makes the same. */
static uint8_t pixel(size_t y, size_t x)
{
  return (uint8_t)(y * 37 + x * 91 + x * y * 13 + (x * x * y) % 29 * 7);
}

typedef struct {
  const json_t *json, *args;
  NnForm in, out;
  const void *picture;
  uint8_t bytes[MAX_VALUES];
  nn_real reals[MAX_VALUES];
  uint8_t out_bytes[MAX_VALUES + 1];
  nn_real out_reals[MAX_VALUES + 1];
  void *result;
} Case;

static size_t entry(const json_t *object, const char *key, size_t i)
{
  const json_t *value = json_array_get(golden_get(object, key), i);
  nn_check(json_is_number(value));
  return (size_t)json_number_value(value);
}

static void case_init(Case *c, const json_t *json)
{
  c->json = json;
  c->args = golden_get(json, "args");
  bool tensor = strcmp(golden_string(json, "form"), "tensor") == 0;
  c->in = (NnForm){1, entry(json, "in", 0), entry(json, "in", 1), tensor};
  c->out = (NnForm){1, entry(json, "out", 0), entry(json, "out", 1), tensor};
  for (size_t p = 0; p < nn_form_count(&c->in); p++) {
    c->bytes[p] = pixel(p / c->in.W, p % c->in.W);
    c->reals[p] = (nn_real)c->bytes[p] / 255;
  }
  c->picture = tensor ? (void *)c->reals : c->bytes;
  c->result = tensor ? (void *)c->out_reals : c->out_bytes;
  memset(c->out_bytes, 0xa5, sizeof c->out_bytes);
  c->out_reals[nn_form_count(&c->out)] = 12345;
}

static void case_check(Case *c, int number)
{
  GoldenArray wanted = golden_array(golden_get(c->json, "values"));
  nn_real found[MAX_VALUES];
  size_t n = nn_form_count(&c->out);
  for (size_t i = 0; i < n; i++)
    found[i] = c->out.tensor ? c->out_reals[i] : c->out_bytes[i];
  bool ok = nn_check_int(wanted.n, n) &&
            nn_check_close(found, wanted.values, n, golden_number(c->json, "tol"), 0);
  nn_check(c->out.tensor ? c->out_reals[n] == 12345 : c->out_bytes[n] == 0xa5);
  if (!ok) {
    char *text = json_dumps(c->args, JSON_COMPACT);
    printf("# case %d: %s of %s, %.300s\n", number, golden_string(c->json, "op"),
           golden_string(c->json, "form"), text);
    free(text);
  }
}

static NnSampling sampling(const Case *c)
{
  bool bilinear = strcmp(golden_string(c->args, "interpolation"), "bilinear") == 0;
  return (NnSampling){c->in, bilinear, c->in.tensor ? 0.25 : 65};
}

/* A config with the members of `object` set as a recipe would. */
static NnConfig *made_config(const char *kind, const json_t *object)
{
  NnConfig *config = nn_config_new(nn_kind_find(NN_CLASS_TRANSFORM, kind), NULL);
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)object, key, value)
  {
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    NnError err = {0};
    if (!nn_check(nn_config_set_path(config, key, text, &err)))
      printf("# %s\n", err.text);
    free(text);
  }
  return config;
}

/* Through a pipeline, as a recipe has it. A tensor comes from ToTensor before. Nothing is drawn, so
 * that it is the same with chance and without, in training and in a test. */
static void run_pipeline(Case *c, bool chance)
{
  NnConfig *configs[2];
  int n = 0;
  if (c->in.tensor)
    configs[n++] = nn_config_new(nn_kind_find(NN_CLASS_TRANSFORM, "ToTensor"), NULL);
  configs[n++] = made_config(golden_string(c->args, "kind"), golden_get(c->args, "config"));
  NnPipelineSpec spec = {.shape = nn_shape_3d(1, c->in.H, c->in.W),
                         .transforms = configs,
                         .n_transforms = n,
                         .path = "data.transforms",
                         .chance = chance};
  NnPipeline pipeline;
  NnError err = {0};
  nn_real x[MAX_VALUES];
  if (nn_check(nn_pipeline_init(&pipeline, &spec, &err))) {
    NnKeyedRng rng;
    void *memory = nn_alloc(nn_pipeline_memory(&pipeline));
    nn_keyed_init(&rng, 1, NN_PURPOSE_TRANSFORM, 0, 0);
    nn_check(!pipeline.drawn_anew);
    nn_check(nn_shape_equal(nn_pipeline_shape(&pipeline), nn_shape_3d(1, c->out.H, c->out.W)));
    nn_pipeline_run(&pipeline, &rng, memory, c->bytes, x);
    for (size_t i = 0; i < nn_form_count(&c->out); i++) {
      c->out_bytes[i] = c->in.tensor ? 0xa5 : (uint8_t)x[i];
      c->out_reals[i] = x[i];
    }
    c->out_reals[nn_form_count(&c->out)] = 12345;
    nn_free(memory);
  } else {
    printf("# %s\n", err.text);
  }
  nn_pipeline_clear(&pipeline);
  for (int i = 0; i < n; i++)
    nn_config_free(configs[i]);
}

static void run_kind(Case *c)
{
  run_pipeline(c, true);
}
static void run_kind_in_tests(Case *c)
{
  run_pipeline(c, false);
}

static void run_rotate(Case *c)
{
  NnSampling s = sampling(c);
  nn_rotate(&s, golden_number(c->args, "angle"), c->picture, c->result);
}

static void run_affine(Case *c)
{
  NnSampling s = sampling(c);
  const json_t *shear = golden_get(c->args, "shear");
  NnAffine affine = {.angle = golden_number(c->args, "angle"),
                     .tx = golden_number(c->args, "tx"),
                     .ty = golden_number(c->args, "ty"),
                     .scale = golden_number(c->args, "scale"),
                     .shear_x = json_number_value(json_array_get(shear, 0)),
                     .shear_y = json_number_value(json_array_get(shear, 1))};
  nn_affine(&s, &affine, c->picture, c->result);
}

static void run_displace(Case *c)
{
  NnSampling s = sampling(c);
  GoldenArray dx = golden_array(golden_get(c->args, "dx"));
  GoldenArray dy = golden_array(golden_get(c->args, "dy"));
  nn_displace(&s, dx.values, dy.values, c->picture, c->result);
}

static void run_resized_crop(Case *c)
{
  size_t top = (size_t)golden_number(c->args, "top"), left = (size_t)golden_number(c->args, "left");
  NnForm part = c->in;
  part.H = (size_t)golden_number(c->args, "h");
  part.W = (size_t)golden_number(c->args, "w");
  size_t size = nn_form_value_size(&part);
  char cut[MAX_VALUES * sizeof(nn_real)];
  for (size_t y = 0; y < part.H; y++)
    memcpy(cut + y * part.W * size, (const char *)c->picture + ((top + y) * c->in.W + left) * size,
           part.W * size);
  NnResize resize = {part, c->out, sampling(c).bilinear, true};
  void *plan = nn_alloc(nn_resize_plan_bytes(&part, &c->out));
  void *scratch = nn_alloc(nn_resize_bytes(&part, &c->out));
  nn_resize_plan(&resize, plan);
  nn_resize_run(plan, scratch, cut, c->result);
  nn_free(plan);
  nn_free(scratch);
}

/* All cases of one operation; a file without any fails. */
static void run_cases(const char *op, void (*run)(Case *c))
{
  const json_t *cases = golden_get(golden_load("transforms-torch.json"), "cases"), *json;
  size_t i;
  int n = 0;
  json_array_foreach(cases, i, json)
  {
    static Case c;
    if (strcmp(golden_string(json, "op"), op) != 0)
      continue;
    case_init(&c, json);
    run(&c);
    case_check(&c, (int)i);
    n++;
  }
  nn_check(n >= 4);
}

static void test_torch_kinds(void)
{
  run_cases("kind", run_kind);
  run_cases("kind", run_kind_in_tests);
}
static void test_torch_rotate(void)
{
  run_cases("rotate", run_rotate);
}
static void test_torch_affine(void)
{
  run_cases("affine", run_affine);
}
static void test_torch_displace(void)
{
  run_cases("displace", run_displace);
}
static void test_torch_resized_crop(void)
{
  run_cases("resized_crop", run_resized_crop);
}

/* One row of resize-pillow.json: pixels before are pixel()'s, and those after have its checksum. */
static bool same_resized(const json_t *row)
{
  double n[5];
  for (size_t i = 0; i < 5; i++)
    n[i] = json_number_value(json_array_get(row, i));
  NnForm in = {1, (size_t)n[0], (size_t)n[1], false}, out = {1, (size_t)n[2], (size_t)n[3], false};
  size_t count = nn_form_count(&in);
  uint8_t *picture = nn_alloc(count), *result = nn_alloc(nn_form_count(&out));
  NnError err;
  for (size_t p = 0; p < count; p++)
    picture[p] = pixel(p / in.W, p % in.W);
  nn_check(nn_resize_once(&(NnResize){in, out, true, true}, picture, result, &err));
  uLong sum = crc32(0, result, (uInt)nn_form_count(&out));
  nn_free(picture);
  nn_free(result);
  return nn_check(sum == (uLong)n[4]);
}

static void test_pillow_resize(void)
{
  const json_t *rows = golden_get(golden_load("resize-pillow.json"), "rows"), *row;
  size_t i;
  json_array_foreach(rows, i, row)
  {
    char *text = json_dumps(row, JSON_COMPACT);
    if (!same_resized(row))
      printf("# %s\n", text);
    free(text);
  }
  nn_check(i >= 400);
}

int main(void)
{
  nn_data_register_kinds();
  nn_test("transforms without chance give torchvision's pixels", test_torch_kinds);
  nn_test("rotate() gives torchvision's pixels", test_torch_rotate);
  nn_test("affine() gives torchvision's pixels", test_torch_affine);
  nn_test("elastic_transform() gives torchvision's pixels", test_torch_displace);
  nn_test("resized_crop() gives torchvision's pixels", test_torch_resized_crop);
  nn_test("bytes of any size are resized to Pillow's pixels", test_pillow_resize);
  return nn_test_done();
}
