#!/usr/bin/env python3
"""Writes torch_cases.json: what PyTorch computes, in float64, for test-torch-cases.c.

  make_cases.py OUT.json           computes every case with the installed PyTorch
  make_cases.py --check FILE.json  computes them again and compares: an independent witness

Needs PyTorch 1.13 or newer and nothing else. Every case carries its tolerance and the version that
made it."""
import json
import math
import sys

import torch

import torch_scheduler

torch.set_default_dtype(torch.float64)

GRADS = [[0.1, -0.2, 0.3], [0.4, 0.1, -0.3], [-0.2, 0.0, 0.25], [0.05, 0.5, -0.1], [0.3, -0.4, 0.2],
         [-0.1, 0.2, 0.1], [0.6, 0.3, -0.5]]


def optimizer(name, cls, n_steps=5, **params):
    p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5]))
    opt = getattr(torch.optim, cls)([p], **params)
    after = []
    for grad in GRADS[:n_steps]:
        p.grad = torch.tensor(grad)
        opt.step()
        after.append(p.detach().tolist())
    state = {k: v.tolist() for k, v in opt.state[p].items() if torch.is_tensor(v) and v.dim() > 0}
    return {"name": name, "kind": "optimizer", "optimizer": cls, "params": params,
            "p0": [1.0, -2.0, 0.5], "grads": GRADS[:n_steps], "params_after_each_step": after,
            "final_state": state, "tol": 1e-12}


def lbfgs(name, **params):
    """Three steps on Rosenbrock's function."""
    p = torch.nn.Parameter(torch.tensor([-1.2, 1.0]))
    opt = torch.optim.LBFGS([p], **params)
    steps = []
    for _ in range(3):
        def closure():
            opt.zero_grad()
            loss = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
            loss.backward()
            return loss
        loss = opt.step(closure).item()
        state = opt.state[p]
        steps.append({"loss_returned": loss, "p": p.detach().tolist(),
                      "func_evals": state["func_evals"]})
    return {"name": name, "kind": "lbfgs", "params": params, "p0": [-1.2, 1.0], "steps": steps,
            "tol": 1e-8}


def new_scheduler(cls, lr, params):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    return opt, getattr(torch.optim.lr_scheduler, cls)(opt, **params)


def scheduler(name, cls, n_steps, halve_after=None, **params):
    opt, sched = new_scheduler(cls, 0.1, params)
    lrs = [opt.param_groups[0]["lr"]]
    for k in range(1, n_steps + 1):
        opt.step()
        sched.step()
        if k == halve_after:
            opt.param_groups[0]["lr"] *= 0.5
        lrs.append(opt.param_groups[0]["lr"])
    case = {"name": name, "kind": "scheduler", "scheduler": cls, "initial_lr": 0.1,
            "params": params, "lr": lrs, "tol": 1e-12}
    if halve_after:
        case["halve_after"] = halve_after
    return case


HELD = (("MultiStepLR([2,2,5],0.5)", "MultiStepLR", 8, {"milestones": [2, 2, 5], "gamma": 0.5}),
        ("ConstantLR()", "ConstantLR", 8, {}),
        ("PolynomialLR(5,2)", "PolynomialLR", 7, {"total_iters": 5, "power": 2}),
        ("MultiplicativeLR(0.95)", "MultiplicativeLR", 5, {"factor": 0.95}),
        ("CyclicLR(0.01,0.1,3,2,triangular)", "CyclicLR", 12,
         {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "step_size_down": 2}),
        ("CyclicLR(0.01,0.1,2,triangular2)", "CyclicLR", 10,
         {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "mode": "triangular2"}),
        ("OneCycleLR cos, SGD momentum", "OneCycleLR", 10,
         {"max_lr": 1.0, "total_steps": 10, "pct_start": 0.3, "anneal_strategy": "cos",
          "cycle_momentum": True, "base_momentum": 0.85, "max_momentum": 0.95, "div_factor": 25.0,
          "final_div_factor": 10000.0, "three_phase": False}),
        ("Sequential[Linear(.25,1,3),Cosine(5)] milestones [3]", "SequentialLR", 9,
         {"schedulers": [{"kind": "LinearLR", "start_factor": 0.25, "total_iters": 3},
                         {"kind": "CosineAnnealingLR", "T_max": 5}], "milestones": [3]}),
        ("Chained[Constant(.1,2),Exponential(.9)]", "ChainedScheduler", 5,
         {"schedulers": [{"kind": "ConstantLR", "factor": 0.1, "total_iters": 2},
                         {"kind": "ExponentialLR", "gamma": 0.9}]}))


def held(name, kind, n_steps, params):
    """A schedule as a recipe writes it, which may hold others; momentum where it cycles."""
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    config = {"kind": kind, **params}
    sched = torch_scheduler.scheduler(opt, config)
    trace = [(opt.param_groups[0]["lr"], opt.param_groups[0]["momentum"])]
    for _ in range(n_steps):
        opt.step()
        sched.step()
        trace.append((opt.param_groups[0]["lr"], opt.param_groups[0]["momentum"]))
    case = {"name": name, "kind": "scheduler", "scheduler": kind, "initial_lr": 0.1,
            "params": params, "lr": [lr for lr, _ in trace], "tol": 1e-12}
    if torch_scheduler.cycles(config):
        case["momentum"] = [momentum for _, momentum in trace]
    return case


def plateau(name, metrics, **params):
    opt, sched = new_scheduler("ReduceLROnPlateau", 1.0, params)
    trace = []
    for metric in metrics:
        opt.step()
        sched.step(math.nan if metric is None else metric)
        trace.append({"metric": metric, "lr": opt.param_groups[0]["lr"], "best": sched.best,
                      "num_bad_epochs": sched.num_bad_epochs,
                      "cooldown_counter": sched.cooldown_counter})
    return {"name": name, "kind": "plateau", "initial_lr": 1.0, "params": params, "trace": trace,
            "tol": 1e-12}


def batchnorm():
    b1, b2 = [[1, 2], [3, 6], [5, 4]], [[0, 1], [2, 1]]
    upstream = [[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]]
    bn = torch.nn.BatchNorm1d(2)
    x = torch.tensor(b1, dtype=torch.float64, requires_grad=True)
    y = bn(x)
    y.backward(torch.tensor(upstream))
    y2 = bn(torch.tensor(b2, dtype=torch.float64))
    average = torch.nn.BatchNorm1d(2, momentum=None)
    average(torch.tensor(b1, dtype=torch.float64))
    average(torch.tensor(b2, dtype=torch.float64))
    running = [bn.running_mean.tolist(), bn.running_var.tolist()]
    bn.eval()
    return {"name": "BatchNorm1d two batches", "kind": "batchnorm", "eps": 1e-5, "momentum": 0.1,
            "batch1": b1, "batch2": b2, "out1": y.tolist(), "upstream1": upstream,
            "grad_x1": x.grad.tolist(), "grad_weight": bn.weight.grad.tolist(),
            "grad_bias": bn.bias.grad.tolist(), "out2": y2.tolist(), "running_mean": running[0],
            "running_var": running[1],
            "eval_out_of_batch1": bn(torch.tensor(b1, dtype=torch.float64)).tolist(),
            "running_mean_momentum_none": average.running_mean.tolist(),
            "running_var_momentum_none": average.running_var.tolist(), "tol": 1e-10}


def cross_entropy(name, smoothings):
    logits = [[1.0, 2.0, 0.5], [0.1, -1.0, 2.0], [0.0, 0.0, 0.0]]
    target, weight = [1, 2, 0], [1.0, 2.0, 0.5]
    results = []
    for smoothing in smoothings:
        for w in (None, weight):
            for reduction in ("mean", "sum"):
                z = torch.tensor(logits, requires_grad=True)
                args = (z, torch.tensor(target), None if w is None else torch.tensor(w))
                f = torch.nn.functional.cross_entropy
                loss = f(*args, reduction=reduction, label_smoothing=smoothing)
                loss.backward()
                rows = f(*args, reduction="none", label_smoothing=smoothing)
                results.append({"label_smoothing": smoothing, "class_weight": w,
                                "reduction": reduction, "loss": loss.item(),
                                "row_loss": rows.tolist(), "grad_logits": z.grad.tolist()})
    return {"name": name, "kind": "cross_entropy", "logits": logits,
            "target": target, "results": results, "tol": 1e-12}


def inits(name, gains, kaiming):
    results = []
    for shape in ([256, 784], [10, 256], [8, 1, 3, 3]):
        w = torch.empty(shape)
        for mode in ("fan_in", "fan_out"):
            for nonlinearity, a in kaiming:
                fan = torch.nn.init._calculate_correct_fan(w, mode)
                std = torch.nn.init.calculate_gain(nonlinearity, a) / math.sqrt(fan)
                results.append({"init": "kaiming_uniform_", "shape": shape,
                                "params": {"a": a, "mode": mode, "nonlinearity": nonlinearity},
                                "bound": math.sqrt(3) * std})
        fan_in, fan_out = torch.nn.init._calculate_fan_in_and_fan_out(w)
        for gain in gains:
            std = gain * math.sqrt(2 / (fan_in + fan_out))
            results.append({"init": "xavier_uniform_", "shape": shape, "params": {"gain": gain},
                            "bound": math.sqrt(3) * std})
            results.append({"init": "xavier_normal_", "shape": shape, "params": {"gain": gain},
                            "std": std})
        results.append({"init": "default", "shape": shape, "params": {},
                        "bound": 1 / math.sqrt(fan_in)})
        results.append({"init": "default", "shape": shape[:1], "params": {}, "fan_in": fan_in,
                        "bound": 1 / math.sqrt(fan_in)})
    return {"name": name, "kind": "inits", "results": results, "tol": 1e-12}


def activations(name, xs, layers):
    results = []
    for layer, params in layers:
        x = torch.tensor(xs, requires_grad=True)
        y = getattr(torch.nn, layer)(**params)(x)
        y.sum().backward()
        results.append({"layer": layer, "params": params, "y": y.tolist(), "dy": x.grad.tolist()})
    return {"name": name, "kind": "activations", "x": xs, "results": results, "tol": 1e-12}


def streams():
    draws = []
    for what, n in (("rand", 5), ("randn", 3), ("randn", 5), ("randn", 16), ("randn", 20),
                    ("randn", 33)):
        torch.manual_seed(0)
        draws.append({"draw": what, "values": getattr(torch, what)(n).tolist()})
    return {"name": "float64 draws, torch.manual_seed(0)", "kind": "streams", "results": draws,
            "tol": 1e-12}


def make():
    cases = [
        optimizer("SGD", "SGD", lr=0.1),
        optimizer("SGD momentum, dampening, decay", "SGD", lr=0.1, momentum=0.9, dampening=0.5,
                  weight_decay=0.1),
        optimizer("SGD nesterov, maximize", "SGD", lr=0.1, momentum=0.9, nesterov=True,
                  weight_decay=0.1, maximize=True),
        optimizer("Adam", "Adam", lr=0.1),
        optimizer("Adam amsgrad, decay", "Adam", lr=0.1, weight_decay=0.1, amsgrad=True),
        optimizer("Adam short memory", "Adam", lr=0.1, betas=[0.3, 0.4], eps=0.01),
        optimizer("AdamW 3 steps", "AdamW", 3, lr=0.1, weight_decay=0.1),
        optimizer("AdamW amsgrad, maximize", "AdamW", lr=0.1, amsgrad=True, maximize=True),
        optimizer("AdamW defaults", "AdamW"),
        optimizer("RMSprop", "RMSprop", lr=0.1, weight_decay=0.1),
        optimizer("RMSprop centered, momentum", "RMSprop", lr=0.1, centered=True, momentum=0.9),
        optimizer("RMSprop centered, short memory", "RMSprop", lr=0.1, centered=True, alpha=0.3),
        optimizer("RMSprop momentum", "RMSprop", momentum=0.5, alpha=0.9),
        optimizer("NAdam 3 steps", "NAdam", 3, lr=0.1),
        optimizer("NAdam 5 steps", "NAdam", lr=0.1, weight_decay=0.1, decoupled_weight_decay=True),
        optimizer("RAdam 7 steps, rectified from the sixth", "RAdam", 7, lr=0.1),
        optimizer("Adamax", "Adamax", lr=0.1, weight_decay=0.1),
        optimizer("Adagrad", "Adagrad", lr=0.1, lr_decay=0.1, initial_accumulator_value=0.1),
        optimizer("Adadelta", "Adadelta", lr=1.0),
        optimizer("ASGD", "ASGD", lr=0.1, lambd=0.01, t0=2),
        optimizer("Rprop", "Rprop", lr=0.1),
        lbfgs("LBFGS Rosenbrock, no line search", lr=0.1, max_iter=5),
        lbfgs("LBFGS Rosenbrock, strong_wolfe", lr=1.0, max_iter=5, line_search_fn="strong_wolfe"),
        scheduler("StepLR(3,0.5)", "StepLR", 12, step_size=3, gamma=0.5),
        scheduler("LinearLR(1,0,4)", "LinearLR", 6, start_factor=1, end_factor=0, total_iters=4),
        scheduler("LinearLR()", "LinearLR", 8),
        scheduler("LinearLR(.25), halved outside", "LinearLR", 6, 2, start_factor=0.25),
        scheduler("ExponentialLR(0.9)", "ExponentialLR", 5, gamma=0.9),
        scheduler("CosineAnnealingLR recursion", "CosineAnnealingLR", 10, T_max=4, eta_min=0.01),
        scheduler("CosineAnnealingLR, halved outside", "CosineAnnealingLR", 6, 2, T_max=4,
                  eta_min=0.01),
        scheduler("CosineAnnealingLR three periods", "CosineAnnealingLR", 18, T_max=3),
        plateau("ReduceLROnPlateau trace",
                [1, 0.9, 0.95, 0.91, 0.9, 0.89, 0.89, 0.89, 0.89, 0.89, 0.89, 0.89, 0.89],
                mode="min", factor=0.5, patience=2, threshold=1e-4, threshold_mode="rel",
                cooldown=1, min_lr=0.2, eps=1e-8),
        plateau("ReduceLROnPlateau negative metric, rel: never reduces", [-1.0] * 4, patience=0,
                factor=0.5),
        plateau("ReduceLROnPlateau max, abs", [0.5, 0.55, 0.58, 0.7, None, 0.7, 0.75, 0.9],
                mode="max", threshold=0.05, threshold_mode="abs", patience=1),
        plateau("ReduceLROnPlateau max, rel", [0.5, 0.54, 0.56, 0.56, 0.6], mode="max",
                threshold=0.1, patience=0, factor=0.25),
        plateau("ReduceLROnPlateau min, abs, eps", [1, 0.99, 0.98, 0.97], threshold=0.1,
                threshold_mode="abs", patience=0, factor=0.5, eps=0.3, cooldown=1),
        batchnorm(),
        cross_entropy("CrossEntropyLoss, label smoothing 0.1", [0.1]),
        cross_entropy("CrossEntropyLoss, no and full smoothing", [0.0, 1.0]),
        inits("bounds of initializations", [1.0],
              (("relu", 0), ("leaky_relu", 0), ("leaky_relu", 0.1), ("linear", 0), ("tanh", 0),
               ("selu", 0), ("sigmoid", 0))),
        inits("bounds of initializations, gain 5/3", [5 / 3], (("leaky_relu", 2.0),)),
        activations("activations", [-4.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 25.0],
                    (("ReLU", {}), ("LeakyReLU", {}), ("Tanh", {}), ("Sigmoid", {}))),
        activations("activations, far out and steeper", [-800.0, -25.0, -1e-9, 1e-9, 0.1, 800.0],
                    (("ReLU", {}), ("LeakyReLU", {"negative_slope": 0.2}), ("Tanh", {}),
                     ("Sigmoid", {}))),
        streams(),
        *(held(*case) for case in HELD),
    ]
    for case in cases:
        case["torch"] = torch.__version__.split("+")[0]
    return cases


def differences(a, b, tol, path):
    """Paths at which b is not a within tol."""
    if isinstance(a, dict):
        return [d for k in a.keys() | b.keys() if k not in ("tol", "torch")
                for d in differences(a.get(k), b.get(k), tol, f"{path}.{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b))
                for d in differences(x, y, tol, f"{path}[{i}]")]
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return [] if abs(a - b) <= tol * max(1, abs(a)) else [f"{path}: {a} != {b}"]
    return [] if a == b else [f"{path}: {a} != {b}"]


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        with open(sys.argv[2], encoding="utf-8") as file:
            old = {case["name"]: case for case in json.load(file)["cases"]}
        new = {case["name"]: case for case in make()}
        found = [d for name in old.keys() | new.keys()
                 for d in differences(old.get(name, {}), new.get(name, {}),
                                      new.get(name, {}).get("tol", 0), name)]
        print("\n".join(found) or f"{len(new)} cases agree with PyTorch {torch.__version__}")
        return len(found) > 0
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write('{"cases": [\n')
        file.write(",\n".join(json.dumps(case) for case in make()))
        file.write("\n]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
