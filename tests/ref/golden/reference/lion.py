"""Lion, which PyTorch does not have: Chen et al. 2023, Algorithm 2, and the authors' code of it, lion_pytorch.py in
github.com/google/automl.

Written from the paper's formulas, not from this program. make_kind.py uses it in the place of torch.optim.Lion."""
import torch

SOURCE = 'Chen et al. 2023, Algorithm 2; github.com/google/automl, lion/lion_pytorch.py'


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        if lr < 0:
            raise ValueError(f'Invalid learning rate: {lr}')
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f'Invalid betas: {betas}')
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group['betas']
            for p in group['params']:
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                p.mul_(1 - group['lr'] * group['weight_decay'])
                update = m * beta1 + p.grad * (1 - beta1)
                p.add_(torch.sign(update), alpha=-group['lr'])
                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)
