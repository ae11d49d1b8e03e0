/* parts.h: pieces of JSON that several start recipes share. */
#pragma once

/* A Linear layer with n outputs, initialized as the tutorial does. */
#define BP_JSON_LINEAR(n)                            \
  "{\"kind\": \"Linear\", \"out_features\": " #n "," \
  " \"weight_init\": {\"kind\": \"xavier_uniform_\"}, \"bias_init\": {\"kind\": \"zeros_\"}}"

/* The tutorial's network, 784 → 64 → 64 → 10. */
#define BP_JSON_NETWORK                                                                      \
  "[{\"kind\": \"Flatten\"}, " BP_JSON_LINEAR(64) ", {\"kind\": \"ReLU\"}, " BP_JSON_LINEAR( \
      64) ", {\"kind\": \"ReLU\"}, " BP_JSON_LINEAR(10) "]"

/* Its data, in batches of 8, and its schedule. */
#define BP_JSON_DATA                                               \
  "{\"dataset\": \"mnist\", \"batch_size\": 8, \"shuffle\": true," \
  " \"transforms\": [{\"kind\": \"ToTensor\"}]}"
#define BP_JSON_SCHEDULER "{\"kind\": \"ExponentialLR\", \"gamma\": 0.1, \"interval\": \"epoch\"}"
