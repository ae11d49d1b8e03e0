/* picture-folder.c: see picture-folder.h. Reading order: one picture, listing, loading. */
#include "picture-folder.h"
#include "data/resample.h"
#include "engine/mem.h"
#include "ui/i18n.h"
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

enum { TEST_EVERY = 7, MAX_FILE_PIXELS = 100000000 };

/* ---- one picture ---- */

typedef struct {
  int rows, columns;              /* wanted */
  int min_w, min_h, max_w, max_h; /* found so far; 0: none */
} Sizes;

static bool fail_picture(const char *path, const char *reason, NnError *err)
{
  g_autofree char *text = g_strdup(reason);
  g_strchomp(text);
  if (g_str_has_suffix(text, "."))
    text[strlen(text) - 1] = '\0';
  return nn_fail(err, NN_ERR_FORMAT, path, "%s cannot be read as an image (%s).", path, text);
}

/* Pillow's weights of red, green and blue in 1/65536; what shines through is white paper. */
static guint8 gray_of(const guint8 *p, int n_channels)
{
  guint gray = (19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 0x8000u) >> 16;
  if (n_channels == 4)
    gray = (gray * p[3] + 255u * (255u - p[3]) + 127u) / 255u;
  return (guint8)gray;
}

static void take_gray(const GdkPixbuf *picture, guint8 *out)
{
  int rows = gdk_pixbuf_get_height(picture), columns = gdk_pixbuf_get_width(picture);
  int stride = gdk_pixbuf_get_rowstride(picture), n = gdk_pixbuf_get_n_channels(picture);
  const guint8 *pixels = gdk_pixbuf_read_pixels(picture);
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      *out++ = gray_of(pixels + (gsize)y * (gsize)stride + (gsize)x * (gsize)n, n);
}

/* Gray first, then Resize((rows, columns)), both as torchvision does them: at its full size, though
 * a decoder that scales would be faster, for it gives other pixels. */
static bool take_picture(const GdkPixbuf *picture, const Sizes *sizes, guint8 *out, NnError *err)
{
  NnResize resize = {
      .in = {1, (gsize)gdk_pixbuf_get_height(picture), (gsize)gdk_pixbuf_get_width(picture), false},
      .out = {1, (gsize)sizes->rows, (gsize)sizes->columns, false},
      .bilinear = true,
      .antialias = true};
  guint8 *gray = nn_alloc(nn_form_count(&resize.in));
  if (!gray)
    return nn_fail_nomem(err, "an image");
  take_gray(picture, gray);
  bool ok = nn_resize_once(&resize, gray, out, err);
  nn_free(gray);
  return ok;
}

static void note_size(Sizes *sizes, int w, int h)
{
  bool first = sizes->max_w == 0;
  sizes->min_w = first ? w : MIN(sizes->min_w, w);
  sizes->min_h = first ? h : MIN(sizes->min_h, h);
  sizes->max_w = MAX(sizes->max_w, w);
  sizes->max_h = MAX(sizes->max_h, h);
}

/* GdkPixbuf takes a JPEG that was cut off for a whole one, and paints the rest gray. Its end mark
 * comes behind the start of the scan; an earlier one belongs to a preview. */
static bool is_whole_jpeg(const char *path)
{
  g_autofree char *content = NULL;
  gsize n, at = 2;
  if (!g_file_get_contents(path, &content, &n, NULL))
    return false;
  const guint8 *bytes = (const guint8 *)content;
  while (at + 4 <= n && bytes[at] == 0xff && bytes[at + 1] != 0xda)
    at += bytes[at + 1] == 0xff ? 1 : 2 + (gsize)(bytes[at + 2] << 8 | bytes[at + 3]);
  for (; at + 2 <= n; at++)
    if (bytes[at] == 0xff && bytes[at + 1] == 0xd9)
      return true;
  return false;
}

/* Format and size are read first: a file of some bytes may promise a picture of gigabytes. */
static bool check_file(const char *path, bool *jpeg, int *w, int *h, NnError *err)
{
  GdkPixbufFormat *format = gdk_pixbuf_get_file_info(path, w, h);
  g_autofree char *name = format ? gdk_pixbuf_format_get_name(format) : NULL;
  *jpeg = g_strcmp0(name, "jpeg") == 0;
  if (!*jpeg && g_strcmp0(name, "png") != 0)
    return fail_picture(path, _("neither PNG nor JPEG by its content"), err);
  if (*w < 1 || *h < 1 || (gint64)*w * *h > MAX_FILE_PIXELS)
    return nn_fail(err, NN_ERR_FORMAT, path,
                   "%s has %d × %d pixels, allowed are 1 to %d million in all.", path, *w, *h,
                   MAX_FILE_PIXELS / 1000000);
  return !*jpeg || is_whole_jpeg(path) || fail_picture(path, _("it is cut off"), err);
}

static bool read_picture(const char *path, Sizes *sizes, guint8 *out, NnError *err)
{
  int w, h;
  bool jpeg;
  g_autoptr(GError) error = NULL;
  if (!check_file(path, &jpeg, &w, &h, err))
    return false;
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new_from_file(path, &error);
  if (!picture)
    return fail_picture(path, error->message, err);
  note_size(sizes, gdk_pixbuf_get_width(picture), gdk_pixbuf_get_height(picture));
  return take_picture(picture, sizes, out, err);
}

/* ---- listing ---- */

static int by_name(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_picture_name(const char *name)
{
  static const char *const endings[] = {".png", ".jpg", ".jpeg"};
  gsize n = strlen(name);
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    gsize k = strlen(endings[i]);
    if (n > k && g_ascii_strcasecmp(name + n - k, endings[i]) == 0)
      return true;
  }
  return false;
}

/* Names in `dir`, sorted byte by byte, so that no locale changes the order: folders or pictures.
 * Empty when it cannot be read. */
static GPtrArray *list(const char *dir, bool folders)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
  const char *name;
  while (open && (name = g_dir_read_name(open))) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (name[0] != '.' && (folders || is_picture_name(name)) &&
        g_file_test(path, folders ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add(names, g_strdup(name));
  }
  g_ptr_array_sort(names, by_name);
  return names;
}

static bool has_pictures(const char *dir, int depth)
{
  g_autoptr(GPtrArray) pictures = list(dir, false);
  if (pictures->len > 0)
    return true;
  g_autoptr(GPtrArray) folders = depth > 0 ? list(dir, true) : NULL;
  for (guint i = 0; folders && i < folders->len; i++) {
    g_autofree char *path = g_build_filename(dir, folders->pdata[i], NULL);
    if (has_pictures(path, depth - 1))
      return true;
  }
  return false;
}

bool bp_is_picture_folder(const char *dir)
{
  return has_pictures(dir, 2);
}

typedef struct {
  char *path;
  int label;
} Picture;

static void clear_picture(gpointer data)
{
  g_free(((Picture *)data)->path);
}

static GArray *pictures_new(void)
{
  GArray *pictures = g_array_new(FALSE, FALSE, sizeof(Picture));
  g_array_set_clear_func(pictures, clear_picture);
  return pictures;
}

static bool fail_no_classes(const char *root, NnError *err)
{
  g_autoptr(GPtrArray) loose = list(root, false);
  if (!g_file_test(root, G_FILE_TEST_IS_DIR))
    return nn_fail(err, NN_ERR_IO, root, "%s is not a folder that can be opened.", root);
  if (loose->len > 0)
    return nn_fail(
        err, NN_ERR_IO, root,
        "%s contains %u images that are not sorted into classes: create a folder for each class.",
        root, loose->len);
  return nn_fail(err, NN_ERR_IO, root,
                 "%s contains no folders of images: one folder per class is needed, with PNG or "
                 "JPEG files in it.",
                 root);
}

/* Adds the pictures of root/class; how many there were. */
static guint add_class(const char *root, const char *name, int label, GArray *pictures)
{
  g_autofree char *dir = g_build_filename(root, name, NULL);
  g_autoptr(GPtrArray) names = list(dir, false);
  for (guint i = 0; i < names->len; i++) {
    Picture picture = {g_build_filename(dir, names->pdata[i], NULL), label};
    g_array_append_val(pictures, picture);
  }
  return names->len;
}

static bool add_train(const char *root, const GPtrArray *classes, GArray *pictures, NnError *err)
{
  if (classes->len == 0)
    return fail_no_classes(root, err);
  for (guint k = 0; k < classes->len; k++)
    if (add_class(root, classes->pdata[k], (int)k, pictures) == 0)
      return nn_fail(err, NN_ERR_FORMAT, root,
                     "The class %s has no images: %s/%s contains no PNG or JPEG file.",
                     (char *)classes->pdata[k], root, (char *)classes->pdata[k]);
  return true;
}

/* A class may lack pictures here, but not be one that was never trained. */
static bool add_test(const char *root, GPtrArray *classes, GArray *pictures, NnError *err)
{
  g_autoptr(GPtrArray) found = list(root, true);
  for (guint i = 0; i < found->len; i++) {
    guint label;
    if (!g_ptr_array_find_with_equal_func(classes, found->pdata[i], g_str_equal, &label))
      return nn_fail(err, NN_ERR_FORMAT, root,
                     "The test set has a class that the training set does not have: %s/%s.", root,
                     (char *)found->pdata[i]);
    add_class(root, found->pdata[i], (int)label, pictures);
  }
  return pictures->len > 0 ||
         nn_fail(err, NN_ERR_FORMAT, root, "%s contains no test images.", root);
}

/* ---- loading ---- */

static bool load_split(const GArray *pictures, NnShape shape, Sizes *sizes, NnSplit *split,
                       NnError *err)
{
  if (!nn_split_alloc(split, shape, pictures->len, err))
    return false;
  for (guint i = 0; i < pictures->len; i++) {
    const Picture *picture = &g_array_index(pictures, Picture, i);
    if (!read_picture(picture->path, sizes, split->images + i * nn_shape_size(shape), err))
      return false;
    split->labels[i] = picture->label;
  }
  return true;
}

/* Every 7th of all, so that also many small classes give something to test. */
static bool split_off(const char *dir, GArray *train, GArray *test, NnError *err)
{
  if (train->len < TEST_EVERY)
    return nn_fail(
        err, NN_ERR_FORMAT, dir,
        "%s contains %u images: at least %d are needed because every %dth becomes a test image.",
        dir, train->len, TEST_EVERY, TEST_EVERY);
  guint kept = 0;
  for (guint i = 0; i < train->len; i++) {
    Picture picture = g_array_index(train, Picture, i);
    if (i % TEST_EVERY == TEST_EVERY - 1)
      g_array_append_val(test, picture);
    else
      g_array_index(train, Picture, kept++) = picture;
  }
  /* The pictures behind have moved: their texts must not be freed with them. */
  memset(&g_array_index(train, Picture, kept), 0, (train->len - kept) * sizeof(Picture));
  g_array_set_size(train, kept);
  return true;
}

static bool write_note(NnDataset *set, bool was_split, const Sizes *sizes, NnError *err)
{
  if (was_split &&
      !nn_dataset_add_note(
          set, err, "There is no test folder, so every %dth image is a test image, %zu in all.",
          TEST_EVERY, set->test.n))
    return false;
  if (sizes->min_w != sizes->max_w || sizes->min_h != sizes->max_h)
    return nn_dataset_add_note(set, err,
                               "Images of different sizes, up to %d × %d, are scaled to %d × %d.",
                               sizes->max_w, sizes->max_h, sizes->columns, sizes->rows);
  return (sizes->max_w == sizes->columns && sizes->max_h == sizes->rows) ||
         nn_dataset_add_note(set, err, "The images, %d × %d, are scaled to %d × %d.", sizes->max_w,
                             sizes->max_h, sizes->columns, sizes->rows);
}

typedef struct {
  GPtrArray *classes;   /* names, sorted */
  GArray *train, *test; /* of Picture */
  bool was_split;
} Listing;

static bool list_all(const char *dir, Listing *all, NnError *err)
{
  static const char *const test_names[] = {"test", "val", "valid", "validation"};
  g_autofree char *train = g_build_filename(dir, "train", NULL), *test = NULL;
  bool halves = g_file_test(train, G_FILE_TEST_IS_DIR);
  const char *root = halves ? train : dir;
  for (gsize i = 0; halves && !test && i < G_N_ELEMENTS(test_names); i++) {
    test = g_build_filename(dir, test_names[i], NULL);
    if (!g_file_test(test, G_FILE_TEST_IS_DIR))
      g_clear_pointer(&test, g_free);
  }
  all->classes = list(root, true);
  all->was_split = !test;
  if (!add_train(root, all->classes, all->train, err))
    return false;
  return test ? add_test(test, all->classes, all->test, err)
              : split_off(root, all->train, all->test, err);
}

static bool load_all(const Listing *all, Sizes *sizes, NnDataset *set, NnError *err)
{
  if (!nn_dataset_name_classes(set, (const char *const *)all->classes->pdata, err) ||
      !load_split(all->train, set->shape, sizes, &set->train, err) ||
      !load_split(all->test, set->shape, sizes, &set->test, err))
    return false;
  return write_note(set, all->was_split, sizes, err) && nn_dataset_note_classes(set, err);
}

static bool load_listed(const char *dir, const Listing *all, Sizes *sizes, NnDataset **dataset,
                        NnError *err)
{
  NnDataset *set;
  g_autofree char *absolute = g_canonicalize_filename(dir, NULL);
  g_autofree char *title = g_path_get_basename(absolute);
  NnShape shape = nn_shape_3d(1, (size_t)sizes->rows, (size_t)sizes->columns);
  if (!nn_dataset_new("folder", title, shape, (int)all->classes->len, &set, err))
    return false;
  set->where = nn_strdup(dir);
  if ((!set->where && !nn_fail_nomem(err, "the name of a folder")) ||
      !load_all(all, sizes, set, err)) {
    nn_dataset_free(set);
    return false;
  }
  *dataset = set;
  return true;
}

bool bp_picture_folder_load(const char *dir, int rows, int columns, NnDataset **dataset,
                            NnError *err)
{
  Listing all = {.train = pictures_new(), .test = pictures_new()};
  Sizes sizes = {.rows = rows, .columns = columns};
  bool ok = list_all(dir, &all, err) && load_listed(dir, &all, &sizes, dataset, err);
  g_ptr_array_unref(all.classes);
  g_array_unref(all.train);
  g_array_unref(all.test);
  return ok;
}
