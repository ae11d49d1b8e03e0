"""What the scripts that write scheduler-*.json share: one run of a schedule, as PyTorch computes it."""
import sys
import warnings
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from torch_scheduler import cycles, momentum_of, scheduler  # noqa: E402

warnings.simplefilter('ignore')
N_STEPS = 40


def new_optimizer(lr, adam=False):
    p = [torch.nn.Parameter(torch.zeros(1))]
    return torch.optim.AdamW(p, lr=lr) if adam else torch.optim.SGD(p, lr=lr)


def trace(name, config, lr=0.1, change=None, n_steps=N_STEPS, metrics=None, adam=False):
    """change: {"after": k, "times": f}: after k steps something else multiplies the rate by f."""
    optimizer = new_optimizer(lr, adam)
    sched = scheduler(optimizer, config, n_steps)
    group = optimizer.param_groups[0]
    lrs, momenta = [group['lr']], [momentum_of(optimizer)]
    for k in range(1, n_steps + 1):
        optimizer.step()
        if metrics:
            sched.step(metrics[k - 1])
        else:
            sched.step()
        if change and k == change['after']:
            group['lr'] *= change['times']
        lrs.append(group['lr'])
        momenta.append(momentum_of(optimizer))
    case = {'name': name, 'config': config, 'initial_lr': lr, 'n_steps': n_steps}
    if change:
        case['change'] = change
    if metrics:
        case['metrics'] = metrics
    return case | {'lr': lrs, 'momentum': momenta if cycles(config) else None}


def refused(name, config, lr=0.1, n_steps=N_STEPS):
    """PyTorch raises somewhere in the run; its words are kept for the reader."""
    try:
        trace(name, config, lr, n_steps=n_steps)
    except Exception as error:  # whatever PyTorch raises is the matter here
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        return {'name': name, 'config': config, 'initial_lr': lr, 'n_steps': n_steps, 'refused': words}
    raise AssertionError(f'{name}: PyTorch takes this')
