/* proto.h: messages of Protocol Buffers as ONNX needs them:
 * protobuf.dev/programming-guides/encoding. Private to this folder. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Made of zeros. */
typedef struct {
  unsigned char *bytes; /* owned: nn_proto_clear() */
  size_t n, size;
  bool failed; /* there was no memory; what is added after that is lost */
} NnProto;

void nn_proto_int(NnProto *proto, int field, int64_t value);
void nn_proto_float(NnProto *proto, int field, float value);
void nn_proto_bytes(NnProto *proto, int field, const void *bytes, size_t n);
void nn_proto_text(NnProto *proto, int field, const char *text);
/* Adds a message and clears it. */
void nn_proto_message(NnProto *proto, int field, NnProto *message);
/* Adds all fields of another one, and clears it. */
void nn_proto_append(NnProto *proto, NnProto *fields);
void nn_proto_clear(NnProto *proto);
