"""What the scripts make_*.py share: cases as PyTorch computes them, in float64, and how they are written.

The form of the files is in README.md. Inputs and parameters have three decimals, so that a file stays short and
float32 reads the same ties; results have thirteen."""
import json
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    """All values in row-major order."""
    return [round(value, 13) for value in tensor.detach().reshape(-1).tolist()]


def rounded(tensor, decimals=3):
    return torch.round(tensor * 10**decimals) / 10**decimals


def noise(generator, shape, scale=1.0):
    """Normal numbers with three decimals."""
    return rounded(torch.randn(*shape, generator=generator) * scale)


def write(klass, name, cases, tol=1e-10, reference=None):
    """Writes CLASS-NAME.json, one line per case. reference: where the numbers of a kind come from that PyTorch lacks."""
    head = {'class': klass, 'name': name, 'torch': torch.__version__.split('+')[0], 'tol': tol}
    if reference:
        head['reference'] = reference
    path = HERE / f'{klass}-{name}.json'
    lines = ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases)
    path.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + '\n]}\n')
    print(f'{path.name}: {len(cases)} cases, {path.stat().st_size} bytes')


def slots(tensors):
    """{name: numbers}; PyTorch's count of batches stays one number."""
    return {name: int(t) if name.endswith('num_batches_tracked') else numbers(t) for name, t in tensors}


def set_params(module, generator):
    """Parameters that are no special case: neither 0 nor 1 nor what an initialization gives."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(noise(generator, p.shape, 0.5) + (0.25 if p.dim() == 1 else 0))


def batch(module, x, training, generator):
    """Forward of one batch and, in training, backward from a random dy."""
    module.train(training)
    x = x.clone().requires_grad_(True)
    module.zero_grad()
    y = module(x)
    result = {'training': training, 'x': numbers(x), 'y': numbers(y)}
    if training:
        dy = noise(generator, y.shape)
        y.backward(dy)
        result |= {'dy': numbers(dy), 'dx': numbers(x.grad),
                   'grads': slots((n, p.grad) for n, p in module.named_parameters())}
    buffers = dict(module.named_buffers())
    if buffers:
        result['buffers_after'] = slots(buffers.items())
    return result


def layer_case(name, config, module, input_shape, batches=((3, True),), seed=1, x=None):
    """One case of a layer. batches: (samples, training) in order. x: a function (generator, shape) → input, where
    normal numbers will not do."""
    generator = torch.Generator().manual_seed(seed)
    set_params(module, generator)
    case = {'name': name, 'config': config, 'input_shape': list(input_shape),
            'params': slots(module.named_parameters()), 'batches': []}
    for n, training in batches:
        made = (x or noise)(generator, (n, *input_shape))
        case['batches'].append(batch(module, made, training, generator))
    return case


def given_case(name, config, module, input_shape, params, x, dy):
    """One training batch with given numbers: parameters in the module's own order, x and dy."""
    with torch.no_grad():
        for p, values in zip(module.parameters(), params, strict=True):
            p.copy_(torch.tensor(values).reshape(p.shape))
    x = torch.tensor(x).requires_grad_(True)
    y = module(x)
    dy = torch.tensor(dy)
    y.backward(dy)
    made = {'training': True, 'x': numbers(x), 'y': numbers(y), 'dy': numbers(dy), 'dx': numbers(x.grad),
            'grads': slots((n, p.grad) for n, p in module.named_parameters())}
    return {'name': name, 'config': config, 'input_shape': list(input_shape), 'params': slots(module.named_parameters()),
            'batches': [made]}


def refused_case(name, config, make_module, input_shape):
    """A layer, or an input for it, that PyTorch refuses; its words are kept for the reader."""
    try:
        make_module()(torch.zeros(2, *input_shape))
    except Exception as error:  # whatever PyTorch raises is the matter here
        return {'name': name, 'config': config, 'input_shape': list(input_shape), 'refused': str(error).splitlines()[0]}
    raise AssertionError(f'{name}: PyTorch takes this')
