"""PyTorch's side of the training bench.

Reads one JSON object a line from standard input, answers one a line on standard output:

    {"model": "lstm", "problem": {"x": ..., "y": ..., "weights": {...}}}  ->  {"ready": true}
    {"model": "lstm", "losses": 3}                                        ->  {"losses": [...]}
    {"model": "lstm", "threads": 1, "steps": 20}                          ->  {"samplesPerSec": ...}

Tensors are {"dims": [...], "float32": base64, little-endian}. The only argument is the number of threads; the
environment (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS) must say the same, for OpenBLAS reads nothing else.
"""

import base64
import json
import math
import sys
import time

import numpy as np
import torch
from torch import nn

WARM_UP_STEPS = 2
THREADS = int(sys.argv[1])
torch.set_num_threads(THREADS)


class Lstm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.lstm = nn.LSTM(shape["features"], shape["width"], batch_first=True)
        self.head = nn.Linear(shape["width"], 1)
        # Two biases that only ever stand in a sum would move twice as fast as the one bias of the others.
        self.lstm.bias_hh_l0.requires_grad_(False)

    def forward(self, x):
        _, (hidden, _) = self.lstm(x)
        return self.head(hidden[-1])


class Transformer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width = shape["width"]
        self.embed = nn.Linear(shape["features"], width)
        layer = nn.TransformerEncoderLayer(width, shape["heads"], shape["feedForward"], dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, shape["layers"])
        self.head = nn.Linear(width, 1)
        self.positions = sinusoids(shape["steps"], width)

    def forward(self, x):
        return self.head(self.encoder(self.embed(x) + self.positions).mean(dim=1))


def sinusoids(steps, width):
    angle = torch.arange(steps).unsqueeze(1) * torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    return torch.stack((angle.sin(), angle.cos()), dim=-1).reshape(steps, width)


def tensor(packed):
    data = np.frombuffer(base64.b64decode(packed["float32"]), dtype="<f4").reshape(packed["dims"])
    return torch.from_numpy(data.copy())


class Trainer:
    def __init__(self, kind, shape, adam, problem):
        self.x, self.y = tensor(problem["x"]), tensor(problem["y"])
        self.start = {name: tensor(packed) for name, packed in problem["weights"].items()}
        self.net, self.adam = kind(shape), adam
        self.reset()

    def reset(self):
        """To the weights of the problem, with fresh moments."""
        self.net.load_state_dict(self.start)
        betas = (self.adam["beta1"], self.adam["beta2"])
        self.optimiser = torch.optim.Adam(
            [p for p in self.net.parameters() if p.requires_grad], lr=self.adam["learningRate"], betas=betas, eps=self.adam["epsilon"]
        )

    def step(self):
        self.optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(self.net(self.x), self.y)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def losses(self, steps):
        self.reset()
        return [self.step() for _ in range(steps)]

    def samples_per_sec(self, steps):
        for _ in range(WARM_UP_STEPS):
            self.step()
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return steps * len(self.x) / (time.perf_counter() - started)


KINDS = {"lstm": Lstm, "transformer": Transformer}
trainers = {}


def answer(request):
    model = request["model"]
    if "problem" in request:
        trainers[model] = Trainer(KINDS[model], request["shape"], request["adam"], request["problem"])
        return {"ready": True, "version": torch.__version__}
    if "losses" in request:
        return {"losses": trainers[model].losses(request["losses"])}
    if request["threads"] != THREADS:
        raise ValueError(f"started with {THREADS} threads, {request['threads']} asked for")
    return {"samplesPerSec": trainers[model].samples_per_sec(request["steps"])}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
