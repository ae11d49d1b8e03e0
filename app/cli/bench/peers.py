"""How fast PyTorch and JAX train what backprop-cli bench trains. The program holds this text, starts it as

  python3 -c TEXT torch|jax DIRECTORY

and asks for one measurement after the other, so that each of its own has theirs beside it: a line of JSON in,
{"way", "batch", "seconds", "threads"}, a line of JSON out, {"rate"} in steps a second or {"error"}. The first line
out is {"version"}. DIRECTORY holds train.images and train.labels, bytes alone, 784 of them an image.
"""
import json
import os
import sys
import time

import numpy

N, SIZES, LR, DECAY, BETAS, EPS = 60000, (784, 64, 64, 10), 1e-3, 1e-2, (0.9, 0.999), 1e-8


def read(folder):
    images = numpy.fromfile(f'{folder}/train.images', numpy.uint8).reshape(-1, 28, 28)
    return images, numpy.fromfile(f'{folder}/train.labels', numpy.uint8)


def timed(step, seconds, warm_up=20):
    """Steps a second; the first steps do not count."""
    started = time.perf_counter()
    for _ in range(warm_up):
        step()
        if time.perf_counter() - started > seconds:
            break
    n, started = 0, time.perf_counter()
    while (gone := time.perf_counter() - started) < seconds or n < 3:
        for _ in range(3):
            step()
        n += 3
    return n / gone


class Torch:
    def __init__(self, folder):
        import torch
        self.torch, self.version = torch, torch.__version__
        self.images, self.labels = read(folder)
        self.made = {}
        self.cores = os.sched_getaffinity(0)
        torch.manual_seed(0)

    def measure(self, way, batch, seconds, threads):
        self.torch.set_num_threads(threads)
        os.sched_setaffinity(0, self.cores if threads > 1 else {max(self.cores)})
        if (way, batch) not in self.made:
            self.made = {(way, batch): getattr(self, way)(batch)}
        return timed(self.made[way, batch], seconds)

    def batches(self, batch):
        """The numbers of a batch's images, epoch after epoch, each in a new order."""
        while True:
            order = self.torch.randperm(len(self.images))
            for at in range(0, len(order) - batch + 1, batch):
                yield order[at:at + batch]

    def network(self, *layers):
        nn = self.torch.nn
        model = nn.Sequential(*layers)
        for layer in model:
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
        return model

    def written(self, batch):
        """The notebook's loop: MNIST as torchvision has it, a picture of PIL's for each sample, ToTensor."""
        torch, nn = self.torch, self.torch.nn
        try:
            from PIL import Image
            from torchvision.transforms import ToTensor
            make = lambda image, to_tensor=ToTensor(): to_tensor(Image.fromarray(image))
        except ImportError:
            make = lambda image: torch.from_numpy(image.copy()).float().div(255).unsqueeze(0)
        images, labels = self.images, self.labels.astype(int)

        class Digits(torch.utils.data.Dataset):
            def __len__(self):
                return len(labels)

            def __getitem__(self, i):
                return make(images[i]), int(labels[i])

        model = self.network(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        optimizer, loss_fn = torch.optim.AdamW(model.parameters(), lr=LR), nn.CrossEntropyLoss()
        loader = torch.utils.data.DataLoader(Digits(), batch_size=batch, shuffle=True)
        state = {'batches': iter(loader), 'loss': 0.0}

        def step():
            try:
                x, y = next(state['batches'])
            except StopIteration:
                state['batches'] = iter(loader)
                x, y = next(state['batches'])
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            state['loss'] += loss.item()
        return step

    def fastest(self, batch):
        """No autograd: each operation writes into memory that is there, all parameters lie in one tensor, and one
        fused AdamW updates them. The data lie in memory as numbers. Losses are left out."""
        torch = self.torch
        x_all = torch.from_numpy(self.images.reshape(len(self.images), -1)).float().div_(255)
        y_all = torch.from_numpy(self.labels.astype('int64'))
        n = sum(a * b + b for a, b in zip(SIZES, SIZES[1:]))
        w, g, m, v = (torch.zeros(n) for _ in range(4))
        count = torch.zeros(())
        weights, grads, at = [], [], 0
        for a, b in zip(SIZES, SIZES[1:]):
            for flat, kept in ((w, weights), (g, grads)):
                kept.append((flat[at:at + a * b].view(b, a), flat[at + a * b:at + a * b + b]))
            torch.nn.init.xavier_uniform_(weights[-1][0])
            at += a * b + b
        x, y = torch.empty(batch, SIZES[0]), torch.empty(batch, dtype=torch.int64)
        z = [torch.empty(batch, b) for b in SIZES[1:]]
        d = [torch.empty(batch, b) for b in SIZES[1:]]
        minus = torch.full((batch, 1), -1.0)
        across = [weight.t() for weight, _ in weights]
        indices = self.batches(batch)

        def step():
            index = next(indices)
            torch.index_select(x_all, 0, index, out=x)
            torch.index_select(y_all, 0, index, out=y)
            torch.addmm(weights[0][1], x, across[0], out=z[0]).relu_()
            torch.addmm(weights[1][1], z[0], across[1], out=z[1]).relu_()
            torch.addmm(weights[2][1], z[1], across[2], out=z[2])
            torch.softmax(z[2], 1, out=d[2]).scatter_add_(1, y.unsqueeze(1), minus).mul_(1 / batch)
            for k in (2, 1, 0):
                torch.mm(d[k].t(), z[k - 1] if k else x, out=grads[k][0])
                torch.sum(d[k], 0, out=grads[k][1])
                if k:
                    torch.mm(d[k], weights[k][0], out=d[k - 1])
                    torch.ops.aten.threshold_backward.grad_input(d[k - 1], z[k - 1], 0, grad_input=d[k - 1])
            count.add_(1)
            torch._fused_adamw_([w], [g], [m], [v], [], [count], lr=LR, beta1=BETAS[0], beta2=BETAS[1], weight_decay=DECAY,
                                eps=EPS, amsgrad=False, maximize=False)

        def quiet():
            with torch.no_grad():
                step()
        return quiet

    def eager(self, batch, model, optimizer):
        """Modules and autograd, with the data in memory as numbers."""
        torch = self.torch
        x_all = torch.from_numpy(self.images).float().div_(255).unsqueeze(1)
        y_all = torch.from_numpy(self.labels.astype('int64'))
        indices = self.batches(batch)

        def step():
            index = next(indices)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x_all[index]), y_all[index]).backward()
            optimizer.step()
        return step

    def stack(self, batch):
        nn = self.torch.nn
        model = self.network(nn.Flatten(), nn.Linear(784, 128), nn.BatchNorm1d(128), nn.GELU(), nn.Dropout(0.2),
                             nn.Linear(128, 64), nn.LayerNorm(64), nn.Tanh(), nn.Linear(64, 10))
        return self.eager(batch, model, self.torch.optim.NAdam(model.parameters(), lr=LR, foreach=True))

    def cnn(self, batch):
        nn = self.torch.nn
        model = self.network(nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Flatten(), nn.Linear(64 * 49, 10))
        return self.eager(batch, model, self.torch.optim.AdamW(model.parameters(), lr=LR, fused=True))


class Jax:
    """One jitted lax.scan over an epoch: gather, forward, backward and AdamW, compiled into one program."""

    def __init__(self, folder):
        import jax
        self.jax, self.version = jax, jax.__version__
        images, labels = read(folder)
        self.x = jax.numpy.asarray(images.reshape(len(images), -1).astype('float32') / 255)
        self.y = jax.numpy.asarray(labels.astype('int32'))
        self.made = {}

    def measure(self, way, batch, seconds, threads):
        if batch not in self.made:
            self.made[batch] = self.scan(batch)
        n, started = 0, time.perf_counter()
        while (gone := time.perf_counter() - started) < seconds or n == 0:
            n += self.made[batch]()
        return n / gone

    def scan(self, batch):
        jax, jnp = self.jax, self.jax.numpy
        tree = jax.tree_util.tree_map
        n_steps = len(self.x) // batch

        def loss(weights, x, y):
            for k, (w, b) in enumerate(weights):
                x = x @ w + b
                x = jax.nn.relu(x) if k < 2 else x
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1))

        def step(carry, index):
            weights, m, v, t = carry
            value, g = jax.value_and_grad(loss)(weights, self.x[index], self.y[index])
            t = t + 1
            m = tree(lambda m, g: BETAS[0] * m + (1 - BETAS[0]) * g, m, g)
            v = tree(lambda v, g: BETAS[1] * v + (1 - BETAS[1]) * g * g, v, g)
            size, root = LR / (1 - BETAS[0] ** t), jnp.sqrt(1 - BETAS[1] ** t)
            weights = tree(lambda w, m, v: w * (1 - LR * DECAY) - size * m / (jnp.sqrt(v) / root + EPS), weights, m, v)
            return (weights, m, v, t), value

        epoch = jax.jit(lambda carry, order: jax.lax.scan(step, carry, order), donate_argnums=0)
        keys = jax.random.split(jax.random.key(0), 3)
        glorot = jax.nn.initializers.glorot_uniform()
        weights = [(glorot(key, (a, b)), jnp.zeros(b)) for key, a, b in zip(keys, SIZES, SIZES[1:])]
        carry = [(weights, tree(jnp.zeros_like, weights), tree(jnp.zeros_like, weights), jnp.zeros(()))]
        rng = numpy.random.default_rng(0)

        def run():
            order = rng.permutation(len(self.x))[:n_steps * batch].reshape(n_steps, batch)
            carry[0], losses = epoch(carry[0], order)
            losses.block_until_ready()
            return n_steps
        run()  # compiles
        return run


def main(name, folder):
    peer = {'torch': Torch, 'jax': Jax}[name](folder)
    print(json.dumps({'version': peer.version}), flush=True)
    for line in sys.stdin:
        try:
            answer = {'rate': peer.measure(**json.loads(line))}
        except Exception as error:  # whatever it is, the other rows are still to be had
            answer = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
