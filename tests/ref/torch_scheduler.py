"""A recipe's "scheduler" as PyTorch builds it. Needs PyTorch."""
import torch.optim.lr_scheduler as lrs

OURS = {'interval', 'metric', 'kind', 'schedulers', 'milestones', 'warmup_steps', 'warmup_start_factor'}


def cycles(config):
    """Does anything in it write momentum or beta1?"""
    if config['kind'] in ('CyclicLR', 'OneCycleLR'):
        return config.get('cycle_momentum', True)
    return any(cycles(c) for c in config.get('schedulers', []))


def interval(config):
    return config.get('interval', 'batch' if config['kind'] in ('CyclicLR', 'OneCycleLR') else 'epoch')


def scheduler(optimizer, config, n_steps=None):
    """n_steps: what OneCycleLR takes for total_steps when the recipe leaves it out."""
    kind = config['kind']
    params = {k: v for k, v in config.items() if k not in OURS}
    if kind == 'none':
        return lrs.ConstantLR(optimizer, factor=1.0)
    if kind == 'MultiplicativeLR':
        return lrs.MultiplicativeLR(optimizer, lambda k: params.get('factor', 0.95))
    if kind == 'MultiStepLR':
        return lrs.MultiStepLR(optimizer, config['milestones'], **params)
    if kind in ('ChainedScheduler', 'SequentialLR') and 'schedulers' not in config:
        return getattr(lrs, kind)(optimizer=optimizer)  # PyTorch's own words for an argument that is missing
    if kind == 'ChainedScheduler':
        return lrs.ChainedScheduler([scheduler(optimizer, c, n_steps) for c in config['schedulers']], optimizer)
    if kind == 'SequentialLR':
        return sequential(optimizer, config, n_steps)
    if kind == 'OneCycleLR' and params.get('total_steps') is None:
        params['total_steps'] = n_steps
    return getattr(lrs, kind)(optimizer, **params)


def sequential(optimizer, config, n_steps):
    milestones, children = list(config.get('milestones', [])), []
    if config.get('warmup_steps', 0):
        milestones.insert(0, config['warmup_steps'])
        start = config.get('warmup_start_factor', 1 / 3)
        children.append(lrs.LinearLR(optimizer, start_factor=start, total_iters=config['warmup_steps']))
    ends = [0, *milestones, n_steps]
    for child in config['schedulers']:
        i = len(children)
        span = None if ends[i + 1] is None else ends[i + 1] - ends[i]
        children.append(scheduler(optimizer, child, span))
    return lrs.SequentialLR(optimizer, children, milestones)


def momentum_of(optimizer):
    group = optimizer.param_groups[0]
    return group['betas'][0] if 'betas' in group else group['momentum']
