# SPDX-License-Identifier: BSD-2-Clause
#
# train_speed.py CORPUS.bin - training speed of the small transformer in PyTorch, for
# train_speed.sh: one line of JSON.
#
# The network is that of models/transformer.h: decoder-only, pre-norm, no biases, tied embeddings,
# gelu by tanh, four times as wide inside, AdamW on all parameters, gradients clipped to norm 1.
# Two things differ, both for the benefit of this side: positions are learnt vectors that are added
# (rotating queries and keys takes several operations more), and the norm is the fused LayerNorm
# (3 % faster than the root mean square put together from five operations).  Version 1.13 has no
# fused attention and no compiler; traced graphs and one optimiser call for all tensors gained
# nothing with these shapes.
#
# A step is one batch of windows: forward, backward, clipping, update.  The rate is that of the
# fastest step, after two that are not timed.
import argparse
import array
import json
import math
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(5)

HEADER_BYTES = 1024  # of a token file: 256 words of 32 bits


class Net(torch.nn.Module):
    def __init__(self, a):
        super().__init__()
        self.heads, self.layers = a.heads, a.layers
        d = a.dim

        def matrix(rows, columns):
            return torch.nn.Parameter(torch.randn(rows, columns) / math.sqrt(columns))

        def per_layer(rows, columns):
            return torch.nn.ParameterList([matrix(rows, columns) for _ in range(a.layers)])

        self.embed, self.position = matrix(a.symbols, d), matrix(a.ctx, d)
        self.qkv, self.out = per_layer(3 * d, d), per_layer(d, d)
        self.up, self.down = per_layer(4 * d, d), per_layer(d, 4 * d)
        self.gain = torch.nn.ParameterList(
            [torch.nn.Parameter(torch.ones(d)) for _ in range(2 * a.layers + 1)])
        self.register_buffer("mask", torch.full((a.ctx, a.ctx), float("-inf")).triu(1))

    def norm(self, x, gain):
        return F.layer_norm(x, (x.shape[-1],), gain)

    def attention(self, x, i):
        b, t, d = x.shape
        h = self.heads
        q, k, v = (F.linear(x, self.qkv[i]).view(b, t, 3, h, d // h)
                   .permute(2, 0, 3, 1, 4).reshape(3, b * h, t, d // h))
        score = torch.baddbmm(self.mask.to(q.dtype), q, k.transpose(1, 2),
                              alpha=1 / math.sqrt(d // h))
        y = score.softmax(-1).to(v.dtype) @ v
        return F.linear(y.view(b, h, t, d // h).transpose(1, 2).reshape(b, t, d), self.out[i])

    def forward(self, tokens):
        x = F.embedding(tokens, self.embed) + self.position
        for i in range(self.layers):
            x = x + self.attention(self.norm(x, self.gain[2 * i]), i)
            y = F.linear(self.norm(x, self.gain[2 * i + 1]), self.up[i])
            x = x + F.linear(F.gelu(y, approximate="tanh"), self.down[i])
        return F.linear(self.norm(x, self.gain[2 * self.layers]), self.embed)


def read_tokens(path, symbols):
    with open(path, "rb") as file:
        file.seek(HEADER_BYTES)
        tokens = array.array("H", file.read())
    if sys.byteorder != "little":
        tokens.byteswap()
    return torch.tensor(tokens, dtype=torch.int64).remainder(symbols)


def blas_in_use():
    """What a matrix product really runs in: its file among those that are loaded."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "/" in line}
    for name in ("mkl", "openblas", "blis", "atlas", "libblas"):
        for file in sorted(files):
            if name in file:
                return file
    return "unknown"


def make_step(a, tokens):
    torch.manual_seed(1)
    net = Net(a)
    rows = torch.arange(a.batch)[:, None] * 997 + torch.arange(a.ctx + 1)[None, :]
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
    last_start = len(tokens) - int(rows.max()) - 1

    def step(i):
        window = tokens[rows + i * a.batch * a.ctx % last_start]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=a.dtype == "bf16"):
            score = net(window[:, :-1])
        loss = F.cross_entropy(score.float().reshape(-1, a.symbols), window[:, 1:].reshape(-1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        return float(loss)

    return net, step


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("layers", 4), ("dim", 128), ("heads", 4), ("ctx", 128),
                          ("symbols", 512), ("batch", 8), ("threads", 1)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("corpus")
    a = parser.parse_args()

    torch.set_num_threads(a.threads)
    net, step = make_step(a, read_tokens(a.corpus, a.symbols))
    best, n = math.inf, 0
    first = loss = step(0)
    step(1)
    start = time.monotonic()
    while n == 0 or time.monotonic() - start < a.seconds:
        began = time.monotonic()
        loss = step(n + 2)
        best = min(best, time.monotonic() - began)
        n += 1
    mean = (time.monotonic() - start) / n
    per_step = a.batch * a.ctx
    print(json.dumps({
        "tokens_s": per_step / best, "mean_tokens_s": per_step / mean, "steps": n,
        "first_loss_bits": first / math.log(2), "last_loss_bits": loss / math.log(2),
        "parameters": sum(p.numel() for p in net.parameters()),
        "torch": torch.__version__, "blas": blas_in_use(), "threads": torch.get_num_threads(),
    }))


main()
