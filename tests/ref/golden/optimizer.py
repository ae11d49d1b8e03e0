"""What the scripts make_optimizers*.py share: one case of an optimizer, as PyTorch computes it in float64."""
import torch

from golden import noise, numbers

SHAPES = [[3, 5], [3], [1, 4], [1]]
N_STEPS = 12
SHOWN = (1, 2, 6, 12)  # the steps after which all values are kept


def start(shapes, seed):
    generator = torch.Generator().manual_seed(seed)
    params = [torch.nn.Parameter(noise(generator, shape, 0.5)) for shape in shapes]
    return generator, params


def gradients(generator, params):
    """Random, with some that are exactly zero."""
    for p in params:
        p.grad = noise(generator, p.shape, 0.3)
        p.grad.view(-1)[0] = 0


def flat(tensors):
    return [x for t in tensors for x in numbers(t)]


def optimizer_case(name, config, make, shapes=SHAPES, n_steps=N_STEPS, shown=SHOWN, lrs=None, momenta=None, seed=5):
    """make: parameters → list of optimizers that step together. lrs: {step: factor} by which a schedule changes every
    lr before that step. momenta: {step: what a schedule makes of the momentum before that step}."""
    generator, params = start(shapes, seed)
    case = {'name': name, 'config': config, 'shapes': shapes, 'start': flat(params), 'lr_factors': lrs or {}, 'grads': [],
            'after': {}}
    if momenta:
        case['momenta'] = momenta
    optimizers = make(params)
    for step in range(1, n_steps + 1):
        for group in (g for o in optimizers for g in o.param_groups):
            group['lr'] *= (lrs or {}).get(str(step), 1)
            if str(step) in (momenta or {}):
                group['momentum'] = momenta[str(step)]
        gradients(generator, params)
        case['grads'].append(flat(p.grad for p in params))
        for o in optimizers:
            o.step()
        if step in shown:
            case['after'][str(step)] = flat(params)
    return case


def plain_case(kind, name, lrs=None, momenta=None, **params):
    """An optimizer whose arguments are those of torch.optim."""
    make = getattr(torch.optim, kind)
    return optimizer_case(name, {'kind': kind, **params}, lambda p: [make(p, **params)], lrs=lrs, momenta=momenta)


def refused_case(kind, name, **params):
    """Arguments that PyTorch refuses; its words are kept for the reader."""
    try:
        getattr(torch.optim, kind)([torch.nn.Parameter(torch.zeros(1))], **params)
    except ValueError as error:
        return {'name': name, 'config': {'kind': kind, **params}, 'refused': str(error)}
    raise AssertionError(f'{kind}, {name}: PyTorch takes this')


def valley(params, a):
    """Rosenbrock's function with its minimum at x = a, a², …; all values of all tensors in one row."""
    x = torch.cat([p.reshape(-1) for p in params])
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (a - x[:-1]) ** 2).sum()


def valley_case(name, shapes, start_values, centers=(1.0,) * 3, kind='LBFGS', **params):
    """Steps with a closure; the center of the valley may move from step to step as batches do."""
    tensors, at = [], 0
    for shape in shapes:
        n = torch.Size(shape).numel()
        tensors.append(torch.nn.Parameter(torch.tensor(start_values[at:at + n]).reshape(shape)))
        at += n
    optimizer = getattr(torch.optim, kind)(tensors, **params)
    case = {'name': name, 'config': {'kind': kind, **params}, 'shapes': shapes, 'start': list(start_values), 'steps': []}
    for a in centers:
        evals = 0

        def closure():
            nonlocal evals
            evals += 1
            optimizer.zero_grad()
            loss = valley(tensors, a)
            loss.backward()
            return loss
        loss = optimizer.step(closure).item()
        case['steps'].append({'center': a, 'loss': loss, 'evals': evals, 'after': flat(tensors)})
    return case
