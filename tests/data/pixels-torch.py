#!/usr/bin/python3
"""Writes pixels-torch.h: what PyTorch makes of each of the 256 pixel values, bit for bit.

ToTensor is uint8.to(float32).div(255); Normalize is sub(mean).div(std) with both as float32 tensors
(torchvision.transforms.functional). Written with PyTorch 1.13.1: pixels-torch.py > pixels-torch.h
"""
import torch

pixels = torch.arange(256, dtype=torch.uint8)
scaled = pixels.to(torch.float32).div(255)
mean, std = torch.as_tensor([0.1307, 0.3081], dtype=torch.float32)
normalized = scaled.clone().sub_(mean).div_(std)

print(f'/* Written by pixels-torch.py with PyTorch {torch.__version__}: float32 bits of ToTensor, and of')
print(' * ToTensor and Normalize(0.1307, 0.3081), for the pixels 0 to 255. */')
print('#pragma once')
print('#include <stdint.h>')
for name, values in ('scaled', scaled), ('normalized', normalized):
    bits = [f'0x{b & 0xffffffff:08x}' for b in values.view(torch.int32).tolist()]
    print(f'\nstatic const uint32_t torch_{name}[256] = {{')
    for i in range(0, 256, 8):
        print('    ' + ', '.join(bits[i:i + 8]) + (',' if i < 248 else '};'))
