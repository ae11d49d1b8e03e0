/* proto.c: see proto.h. */
#include "proto.h"
#include "engine/mem.h"
#include <string.h>

enum { VARINT = 0, BYTES = 2, FIXED32 = 5, FIRST_SIZE = 256 };

static bool reserve(NnProto *proto, size_t more)
{
  if (proto->failed || proto->n + more <= proto->size)
    return !proto->failed;
  size_t size = proto->size ? proto->size : FIRST_SIZE;
  while (size < proto->n + more)
    size *= 2;
  unsigned char *bytes = nn_alloc_unset(size);
  if (bytes && proto->n)
    memcpy(bytes, proto->bytes, proto->n);
  nn_free(proto->bytes);
  proto->bytes = bytes;
  proto->size = bytes ? size : 0;
  proto->failed = !bytes;
  return bytes;
}

static void add(NnProto *proto, const void *bytes, size_t n)
{
  if (n > 0 && reserve(proto, n)) {
    memcpy(proto->bytes + proto->n, bytes, n);
    proto->n += n;
  }
}

/* Seven bits at a time, the lowest first. */
static void add_varint(NnProto *proto, uint64_t value)
{
  unsigned char bytes[10];
  size_t n = 0;
  for (; value > 127; value >>= 7)
    bytes[n++] = (unsigned char)(value | 128);
  bytes[n++] = (unsigned char)value;
  add(proto, bytes, n);
}

static void add_tag(NnProto *proto, int field, int type)
{
  add_varint(proto, (uint64_t)field << 3 | (uint64_t)type);
}

void nn_proto_int(NnProto *proto, int field, int64_t value)
{
  add_tag(proto, field, VARINT);
  add_varint(proto, (uint64_t)value);
}

void nn_proto_float(NnProto *proto, int field, float value)
{
  add_tag(proto, field, FIXED32);
  add(proto, &value, sizeof value);
}

void nn_proto_bytes(NnProto *proto, int field, const void *bytes, size_t n)
{
  add_tag(proto, field, BYTES);
  add_varint(proto, n);
  add(proto, bytes, n);
}

void nn_proto_text(NnProto *proto, int field, const char *text)
{
  nn_proto_bytes(proto, field, text, strlen(text));
}

void nn_proto_message(NnProto *proto, int field, NnProto *message)
{
  nn_proto_bytes(proto, field, message->bytes, message->n);
  proto->failed = proto->failed || message->failed;
  nn_proto_clear(message);
}

void nn_proto_append(NnProto *proto, NnProto *fields)
{
  add(proto, fields->bytes, fields->n);
  proto->failed = proto->failed || fields->failed;
  nn_proto_clear(fields);
}

void nn_proto_clear(NnProto *proto)
{
  nn_free(proto->bytes);
  *proto = (NnProto){0};
}
