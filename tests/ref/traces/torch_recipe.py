"""A recipe as the PyTorch program that a student would write for it. Needs PyTorch.

The random stream is drawn from in this order: torch.manual_seed(seed); the layers from the first to the last, weight then
bias; the chosen initializations in the same order; weight_norm; one DataLoader iterator per epoch."""
import gzip
import math
import struct
import sys
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from torch_scheduler import interval, scheduler  # noqa: E402

OURS = {'kind', 'weight_init', 'bias_init', 'weight_norm', 'layers'}
SIZE = {'Linear': 'in_features', 'Conv2d': 'in_channels', 'GroupNorm': 'num_channels', 'BatchNorm1d': 'num_features',
        'BatchNorm2d': 'num_features', 'InstanceNorm1d': 'num_features', 'InstanceNorm2d': 'num_features'}


# ---- data ----

def read_idx(folder, name):
    data = gzip.decompress((Path(folder) / (name + '.gz')).read_bytes())
    n_dims = data[3]
    dims = struct.unpack(f'>{n_dims}I', data[4:4 + 4 * n_dims])
    return torch.frombuffer(bytearray(data[4 + 4 * n_dims:]), dtype=torch.uint8).reshape(dims)


def dataset(folder, part, transforms):
    """As torchvision's ToTensor and Normalize compute it, for all pictures at once."""
    x = read_idx(folder, part + '-images-idx3-ubyte').unsqueeze(1)
    y = read_idx(folder, part + '-labels-idx1-ubyte').long()
    for transform in transforms:
        if transform['kind'] == 'ToTensor':
            x = x.to(torch.float32).div(255)
        elif transform['kind'] == 'Normalize':
            x = x.sub(torch.tensor(transform['mean'])).div(torch.tensor(transform['std']))
        else:
            raise ValueError(f'no trace with {transform["kind"]}')
    return TensorDataset(x, y)


# ---- network ----

class Residual(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def build_one(config, shape):
    kind = config['kind']
    if kind == 'Residual':
        return Residual(build(config['layers'], shape))
    params = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items() if k not in OURS}
    if kind in SIZE:
        params[SIZE[kind]] = shape[0]
    if kind in ('LayerNorm', 'RMSNorm'):
        params.setdefault('normalized_shape', shape)
    return getattr(nn, kind)(**params)


def build(configs, shape):
    """The modules; shapes are followed with two pictures of zeros in evaluation mode, which draws nothing."""
    modules = []
    for config in configs:
        module = build_one(config, shape)
        with torch.no_grad():
            shape = tuple(module.eval()(torch.zeros(2, *shape)).shape[1:])
        module.train()
        modules.append(module)
    return modules


def flat(configs, modules):
    for config, module in zip(configs, modules):
        if config['kind'] == 'Residual':
            yield from flat(config['layers'], module.layers)
        else:
            yield config, module


def apply_init(config, tensor):
    if config is None or tensor is None:
        return
    config = {'kind': config} if isinstance(config, str) else config
    if config['kind'] != 'default':
        getattr(nn.init, config['kind'])(tensor, **{k: v for k, v in config.items() if k != 'kind'})


def make_model(recipe, shape):
    modules = build(recipe['network'], shape)
    pairs = list(flat(recipe['network'], modules))
    for config, module in pairs:
        apply_init(config.get('weight_init'), getattr(module, 'weight', None))
        apply_init(config.get('bias_init'), getattr(module, 'bias', None))
    for config, module in pairs:
        if config.get('weight_norm'):
            nn.utils.parametrizations.weight_norm(module)
    return nn.Sequential(*modules)


# ---- loss and optimizer ----

def make_loss(config):
    params = {k: v for k, v in config.items() if k != 'kind'}
    if params.get('weight'):
        params['weight'] = torch.tensor(params['weight'])
    return nn.CrossEntropyLoss(**params)


def penalized(model, rules):
    """weights_only: all but biases and what normalization learns."""
    if not rules.get('weights_only'):
        return list(model.parameters())
    return [p for p in model.parameters() if p.dim() > 1]


def penalty(model, rules):
    params = penalized(model, rules)
    total = 0
    if rules.get('l1'):
        total = total + rules['l1'] * sum(p.abs().sum() for p in params)
    if rules.get('l2'):
        total = total + rules['l2'] * sum(p.pow(2).sum() for p in params)
    return total



def make_optimizer(config, model):
    params = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items() if k != 'kind'}
    return getattr(torch.optim, config['kind'])(model.parameters(), **params)


# ---- the loop ----

class Program:
    """One run; .log gets a (loss, lr) per step."""

    def __init__(self, recipe, folder):
        data = recipe['data']
        self.recipe, self.rules = recipe, recipe.get('regularization', {})
        torch.manual_seed(recipe['seed'])
        self.train, self.validation = self.open(folder)
        self.loader = DataLoader(self.train, data['batch_size'], data.get('shuffle', True),
                                 drop_last=data.get('drop_last', False))
        self.model = make_model(recipe, tuple(self.train[0][0].shape))
        self.loss = make_loss(recipe.get('loss', {'kind': 'CrossEntropyLoss'}))
        self.optimizer = make_optimizer(recipe['optimizer'], self.model)
        self.schedule = recipe['scheduler']
        per_batch = interval(self.schedule) == 'batch'
        n = recipe['loop']['epochs'] * (len(self.loader) if per_batch else 1)
        self.scheduler = scheduler(self.optimizer, self.schedule, n)
        self.log, self.epoch_losses, self.accuracies = [], [], []

    def split(self, data):
        """A training and a validation part, which may be None."""
        fraction = self.recipe['data'].get('validation_fraction', 0)
        if not fraction:
            return data, None
        return random_split(data, [1 - fraction, fraction], torch.Generator().manual_seed(self.recipe['seed']))

    def open(self, folder):
        return self.split(dataset(folder, 'train', self.recipe['data']['transforms']))

    def measure(self, x, y):
        """zero_grad, forward, loss, backward, clipping: what an optimizer may ask for more than once."""
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y) + penalty(self.model, self.rules)
        loss.backward()
        if self.rules.get('clip_norm'):
            nn.utils.clip_grad_norm_(self.model.parameters(), self.rules['clip_norm'])
        if self.rules.get('clip_value'):
            nn.utils.clip_grad_value_(self.model.parameters(), self.rules['clip_value'])
        return loss

    def step(self, x, y):
        lr = self.optimizer.param_groups[0]['lr']
        if self.recipe['optimizer']['kind'] == 'LBFGS':
            loss = self.optimizer.step(lambda: self.measure(x, y))
        else:
            loss = self.measure(x, y)
            self.optimizer.step()
        self.log.append((loss.item(), float(lr)))
        if interval(self.schedule) == 'batch':
            self.advance(loss.item())

    def advance(self, metric):
        if self.schedule['kind'] == 'ReduceLROnPlateau':
            self.scheduler.step(metric)
        else:
            self.scheduler.step()

    @torch.no_grad()
    def evaluate(self, data):
        """Mean loss without penalties, and accuracy; draws nothing."""
        self.model.eval()
        x, y = (torch.stack(t) if i == 0 else torch.tensor(t) for i, t in enumerate(zip(*data)))
        logits = torch.cat([self.model(part) for part in x.split(self.recipe['data'].get('test_batch_size', 1000))])
        self.model.train()
        return nn.functional.cross_entropy(logits, y).item(), (logits.argmax(1) == y).double().mean().item()

    def watched(self):
        metric = self.schedule.get('metric', 'train_loss')
        if metric == 'train_loss':
            return self.epoch_losses[-1]
        loss, accuracy = self.evaluate(self.validation)
        return loss if metric.endswith('loss') else accuracy

    def run(self, max_steps=math.inf):
        for _ in range(self.recipe['loop']['epochs']):
            first = len(self.log)
            for x, y in self.loader:
                if len(self.log) == max_steps:
                    return
                self.step(x, y)
            losses = [loss for loss, _ in self.log[first:]]
            self.epoch_losses.append(sum(losses) / len(losses))
            if interval(self.schedule) == 'epoch':
                self.advance(self.watched() if self.schedule['kind'] == 'ReduceLROnPlateau' else math.nan)
