/* checksum.h: CRC-32 as gzip has it (RFC 1952, section 8), with libdeflate where the program was
 * built with it: it multiplies without carries where the processor can, ten times as fast as zlib.
 * Thread: any. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Of what `crc` stands for, followed by the n bytes; 0 stands for nothing yet. */
uint32_t nn_crc32(uint32_t crc, const void *bytes, size_t n);
