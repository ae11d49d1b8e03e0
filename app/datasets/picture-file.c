/* picture-file.c: see picture-file.h. Reading order: kinds of files, pixels, what was seen, files
 * that were cut off, decoding, one picture. */
#include "picture-file.h"
#include "data/resample.h"
#include "engine/mem.h"
#include "ui/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE_PIXELS = 100000000, MAX_FILE_BYTES = 500000000 };

/* ---- kinds of files ---- */

/* The list belongs to GdkPixbuf; its texts are looked at once. */
static GHashTable *readable_endings(void)
{
  static GHashTable *endings;
  if (!g_once_init_enter(&endings))
    return endings;
  GHashTable *made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GSList *formats = gdk_pixbuf_get_formats();
  for (GSList *f = formats; f; f = f->next) {
    if (gdk_pixbuf_format_is_scalable(f->data) || gdk_pixbuf_format_is_disabled(f->data))
      continue;
    g_auto(GStrv) names = gdk_pixbuf_format_get_extensions(f->data);
    for (char **name = names; *name; name++)
      g_hash_table_add(made, g_strdup_printf(".%s", *name));
  }
  g_slist_free(formats);
  g_once_init_leave(&endings, made);
  return endings;
}

bool bp_picture_ending_is_read(const char *ending)
{
  return g_hash_table_contains(readable_endings(), ending);
}

bool bp_picture_ending_is_known(const char *ending)
{
  static const char *const others[] = {".webp", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".jfif",
                                       ".png",  ".jpg",  ".jpeg", ".bmp",  ".gif", ".tif", ".tiff",
                                       ".pgm",  ".ppm",  ".pbm",  ".pnm",  ".svg", NULL};
  return bp_picture_ending_is_read(ending) || g_strv_contains(others, ending);
}

/* Do the first bytes look like a picture's? Most files of a folder that somebody opened by mistake
 * are told apart so, twenty times as fast as by GdkPixbuf. */
static bool starts_like_one(const char *path)
{
  static const struct {
    const char *bytes;
    gsize n;
  } starts[] = {{"\x89PNG", 4}, {"\xff\xd8\xff", 3}, {"GIF8", 4}, {"BM", 2},      {"II*\0", 4},
                {"MM\0*", 4},   {"RIFF", 4},         {"P1", 2},   {"P2", 2},      {"P3", 2},
                {"P4", 2},      {"P5", 2},           {"P6", 2},   {"\0\0\1\0", 4}};
  char first[4] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gssize n = fd < 0 ? -1 : read(fd, first, sizeof first);
  if (fd >= 0)
    close(fd);
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
    if (n >= (gssize)starts[i].n && memcmp(first, starts[i].bytes, starts[i].n) == 0)
      return true;
  return false;
}

bool bp_picture_file_is_one(const char *path)
{
  if (!starts_like_one(path))
    return false;
  GdkPixbufFormat *format = gdk_pixbuf_get_file_info(path, NULL, NULL);
  return format && !gdk_pixbuf_format_is_scalable(format);
}

/* ---- pixels ---- */

/* Pillow's weights of red, green and blue in 1/65536. */
static guint8 gray_of(const guint8 *p)
{
  return (guint8)((19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 0x8000u) >> 16);
}

typedef struct {
  const guint8 *pixels;
  gsize rows, columns, stride, n;
} Pixels;

static Pixels pixels_of(const GdkPixbuf *picture)
{
  return (Pixels){.pixels = gdk_pixbuf_read_pixels(picture),
                  .rows = (gsize)gdk_pixbuf_get_height(picture),
                  .columns = (gsize)gdk_pixbuf_get_width(picture),
                  .stride = (gsize)gdk_pixbuf_get_rowstride(picture),
                  .n = (gsize)gdk_pixbuf_get_n_channels(picture)};
}

/* Does anything shine through? *background becomes the gray on which one sees what does not. */
static bool is_clear(const Pixels *p, guint8 *background)
{
  guint64 alphas = 0, grays = 0;
  for (gsize y = 0; y < p->rows && p->n == 4; y++)
    for (gsize x = 0; x < p->columns; x++) {
      const guint8 *pixel = p->pixels + y * p->stride + x * p->n;
      alphas += pixel[3];
      grays += (guint64)gray_of(pixel) * pixel[3];
    }
  *background = grays > 127 * alphas ? 0 : 255;
  return p->n == 4 && alphas < 255 * (guint64)p->rows * p->columns;
}

static void take_gray(const Pixels *p, guint8 background, guint8 *out)
{
  for (gsize y = 0; y < p->rows; y++)
    for (gsize x = 0; x < p->columns; x++) {
      const guint8 *pixel = p->pixels + y * p->stride + x * p->n;
      guint gray = gray_of(pixel), alpha = p->n == 4 ? pixel[3] : 255;
      *out++ = (guint8)((gray * alpha + background * (255 - alpha) + 127) / 255);
    }
}

/* Gray first, then Resize((rows, columns)), both as torchvision does them: at its full size, though
 * a decoder that scales would be faster, for it gives other pixels. */
static bool take_picture(const Pixels *p, guint8 background, const BpPictureStats *stats,
                         guint8 *out, NnError *err)
{
  NnResize resize = {.in = {1, p->rows, p->columns, false},
                     .out = {1, (gsize)stats->rows, (gsize)stats->columns, false},
                     .bilinear = true,
                     .antialias = true};
  guint8 *gray = nn_alloc(nn_form_count(&resize.in));
  if (!gray)
    return nn_fail_nomem(err, "an image");
  take_gray(p, background, gray);
  bool ok = nn_resize_once(&resize, gray, out, err);
  nn_free(gray);
  return ok;
}

/* ---- what was seen ---- */

void bp_picture_stats_clear(BpPictureStats *stats)
{
  g_clear_pointer(&stats->turned, g_free);
  g_clear_pointer(&stats->clear, g_free);
}

static void count(guint *n, char **first, const char *path)
{
  if ((*n)++ == 0)
    *first = g_strdup(path);
}

static void note_size(BpPictureStats *stats, int w, int h)
{
  bool first = stats->max_w == 0;
  stats->min_w = first ? w : MIN(stats->min_w, w);
  stats->min_h = first ? h : MIN(stats->min_h, h);
  stats->max_w = MAX(stats->max_w, w);
  stats->max_h = MAX(stats->max_h, h);
}

static BpPictureResult damaged(const char *path, const char *reason, NnError *err)
{
  g_autofree char *text = g_strdup(reason);
  g_strchomp(text);
  if (g_str_has_suffix(text, "."))
    text[strlen(text) - 1] = '\0';
  nn_fail(err, NN_ERR_FORMAT, path, "%s cannot be read as an image (%s).", path, text);
  return BP_PICTURE_DAMAGED;
}

/* ---- files that were cut off, which GdkPixbuf takes for whole ones ---- */

/* Its end mark comes behind the start of the scan; an earlier one belongs to a preview. */
static bool is_whole_jpeg(const guint8 *bytes, gsize n)
{
  gsize at = 2;
  while (at + 4 <= n && bytes[at] == 0xff && bytes[at + 1] != 0xda)
    at += bytes[at + 1] == 0xff ? 1 : 2 + (gsize)(bytes[at + 2] << 8 | bytes[at + 3]);
  for (; at + 2 <= n; at++)
    if (bytes[at] == 0xff && bytes[at + 1] == 0xd9)
      return true;
  return false;
}

/* Behind a chain of blocks that each say how long they are, up to an empty one. */
static gsize skip_gif_blocks(const guint8 *bytes, gsize n, gsize at)
{
  while (at < n && bytes[at] != 0)
    at += 1 + (gsize)bytes[at];
  return at + 1;
}

static gsize gif_colors(guint8 flags)
{
  return flags & 0x80 ? (gsize)3 << ((flags & 7) + 1) : 0;
}

/* Is the first frame, which is the picture, there to its last block? (GIF89a, 17 to 27.) */
static bool is_whole_gif(const guint8 *bytes, gsize n)
{
  gsize at = n > 13 ? 13 + gif_colors(bytes[10]) : n;
  while (at + 2 < n && bytes[at] == 0x21)
    at = skip_gif_blocks(bytes, n, at + 2);
  if (at + 10 >= n || bytes[at] != 0x2c)
    return false;
  return skip_gif_blocks(bytes, n, at + 11 + gif_colors(bytes[at + 9])) <= n;
}

/* What the decoder has found. */
typedef struct {
  int w, h;
  bool large;
  guint8 *rows; /* a byte for each: was it there? */
} Decoded;

/* Most decoders tell of each row that they come to; of the others one would not notice. */
static bool is_whole(const char *format, const guint8 *bytes, gsize n, const Decoded *decoded)
{
  if (g_str_equal(format, "jpeg"))
    return is_whole_jpeg(bytes, n);
  if (g_str_equal(format, "gif"))
    return is_whole_gif(bytes, n);
  return decoded->rows && !memchr(decoded->rows, 0, (gsize)decoded->h);
}

/* ---- decoding ---- */

/* A file of some bytes may promise a picture of gigabytes: a size of nothing stops its decoder.
 * Some decoders tell the size twice. */
static void on_size(GdkPixbufLoader *loader, int w, int h, gpointer user_data)
{
  Decoded *decoded = user_data;
  bool again = decoded->rows && decoded->h == h;
  decoded->w = w;
  decoded->h = h;
  decoded->large = (gint64)w * h > MAX_FILE_PIXELS;
  if (decoded->large) {
    gdk_pixbuf_loader_set_size(loader, 0, 0);
  } else if (!again) {
    g_free(decoded->rows);
    decoded->rows = g_new0(guint8, (gsize)h + 1);
  }
}

static void on_area(GdkPixbufLoader *loader, int x, int y, int w, int h, gpointer user_data)
{
  Decoded *decoded = user_data;
  for (int row = y; row >= 0 && row < y + h && row < decoded->h && decoded->rows; row++)
    decoded->rows[row] = 1;
}

static bool feed(GdkPixbufLoader *loader, const guint8 *bytes, gsize n, const Decoded *decoded,
                 GError **error)
{
  enum { PIECE = 1 << 16 };
  bool ok = true;
  for (gsize at = 0; ok && at < n && !decoded->large; at += PIECE)
    ok = gdk_pixbuf_loader_write(loader, bytes + at, MIN((gsize)PIECE, n - at), error);
  /* A loader has to be closed, whatever became of it. */
  return gdk_pixbuf_loader_close(loader, ok && !decoded->large ? error : NULL) && ok;
}

static BpPictureResult too_large(const char *path, const Decoded *decoded, NnError *err)
{
  nn_fail(err, NN_ERR_FORMAT, path, "%s has %d × %d pixels, allowed are %d million in all.", path,
          decoded->w, decoded->h, MAX_FILE_PIXELS / 1000000);
  return BP_PICTURE_LARGE;
}

static BpPictureResult decode_bytes(const char *path, const guint8 *bytes, gsize n,
                                    GdkPixbuf **picture, NnError *err)
{
  Decoded decoded = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new();
  g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), &decoded);
  g_signal_connect(loader, "area-updated", G_CALLBACK(on_area), &decoded);
  bool ok = feed(loader, bytes, n, &decoded, &error);
  g_autofree guint8 *rows = decoded.rows;
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format(loader);
  GdkPixbuf *made = gdk_pixbuf_loader_get_pixbuf(loader);
  g_autofree char *name = format ? gdk_pixbuf_format_get_name(format) : NULL;
  if (decoded.large)
    return too_large(path, &decoded, err);
  if (!ok || !made || !name || gdk_pixbuf_format_is_scalable(format))
    return damaged(path, error ? error->message : _("its format is not known"), err);
  if (!is_whole(name, bytes, n, &decoded))
    return damaged(path, _("it is cut off"), err);
  *picture = g_object_ref(made);
  return BP_PICTURE_READ;
}

static BpPictureResult decode(const char *path, GdkPixbuf **picture, NnError *err)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  gsize n = 0;
  struct stat st;
  if (stat(path, &st) != 0)
    return damaged(path, g_strerror(errno), err);
  if (!S_ISREG(st.st_mode) || st.st_size == 0)
    return damaged(path, S_ISREG(st.st_mode) ? _("it is empty") : _("it is not a file"), err);
  if (st.st_size > MAX_FILE_BYTES) {
    nn_fail(err, NN_ERR_FORMAT, path, "%s has %lld bytes, allowed are %d million.", path,
            (long long)st.st_size, MAX_FILE_BYTES / 1000000);
    return BP_PICTURE_LARGE;
  }
  if (!g_file_get_contents(path, &content, &n, &error))
    return damaged(path, error->message, err);
  return n == 0 ? damaged(path, _("it is empty"), err)
                : decode_bytes(path, (const guint8 *)content, n, picture, err);
}

/* ---- one picture ---- */

/* The picture as its camera was held; takes `picture`. */
static GdkPixbuf *turn(GdkPixbuf *picture, const char *path, BpPictureStats *stats)
{
  const char *orientation = gdk_pixbuf_get_option(picture, "orientation");
  if (!orientation || g_str_equal(orientation, "1"))
    return picture;
  GdkPixbuf *turned = gdk_pixbuf_apply_embedded_orientation(picture);
  g_object_unref(picture);
  count(&stats->n_turned, &stats->turned, path);
  return turned;
}

BpPictureResult bp_picture_file_read(const char *path, BpPictureStats *stats, guint8 *out,
                                     NnError *err)
{
  guint8 background;
  g_autoptr(GdkPixbuf) picture = NULL;
  BpPictureResult result = decode(path, &picture, err);
  if (result != BP_PICTURE_READ)
    return result;
  picture = turn(g_steal_pointer(&picture), path, stats);
  if (!picture)
    return nn_fail_nomem(err, "an image") ? BP_PICTURE_READ : BP_PICTURE_FAILED;
  Pixels pixels = pixels_of(picture);
  if (is_clear(&pixels, &background))
    count(&stats->n_clear, &stats->clear, path);
  note_size(stats, (int)pixels.columns, (int)pixels.rows);
  return take_picture(&pixels, background, stats, out, err) ? BP_PICTURE_READ : BP_PICTURE_FAILED;
}
