"""Training and inference throughput of the zoo's networks in PyTorch, for `npm run bench -- --against-torch`.

    echo '{"network": "lenet5c", "batch": 64, "work": "train", "seconds": 2}' | python3 scripts/torch-throughput.py 1

Takes the number of threads, says a line of JSON about itself, and answers each line of standard input with one: images
per second (of the median step) and the number of parameters that train. The networks are those of
src/engine/zoo/builders.ts; Adam, cross-entropy, made-up 28x28 images as float32. In inference batch normalization is
folded into the convolutions, as the studio does.
"""

import json
import os
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def unit(inputs, filters, stride=1):
    return [nn.Conv2d(inputs, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]


def lenet5c():
    features = [nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*features, nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def cnn_m():
    layers, inputs = [], 1
    for index, filters in enumerate([32, 32, 64, 64, 128]):
        layers += unit(inputs, filters)
        inputs = filters
        if index in (1, 3):
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10))


class Residual(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.main = nn.Sequential(
            *unit(inputs, filters, stride), nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != filters:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        return torch.relu(self.main(x) + self.shortcut(x))


def resnet8():
    stages = [Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2)]
    return nn.Sequential(*unit(1, 16), *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def mobile_t():
    layers, inputs = unit(1, 16), 16
    for filters, stride in [(32, 2), (64, 1), (64, 2), (128, 1)]:
        layers += [nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU()]
        layers += [nn.Conv2d(inputs, filters, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        inputs = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10))


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))


NETWORKS = {"mlp-300-100": mlp, "lenet5c": lenet5c, "cnn-m": cnn_m, "resnet8": resnet8, "mobile-t": mobile_t}


def fold(model):
    """Batch normalization behind a convolution becomes its bias and scale."""
    for child in model.children():
        fold(child)
    if isinstance(model, nn.Sequential):
        for index in range(len(model) - 1):
            if isinstance(model[index], nn.Conv2d) and isinstance(model[index + 1], nn.BatchNorm2d):
                model[index] = fuse_conv_bn_eval(model[index], model[index + 1])
                model[index + 1] = nn.Identity()
    return model


def seconds_of(step, seconds):
    """The median of as many steps as fit, of three at least; up to three before do not count."""
    start = time.perf_counter()
    for _ in range(3):
        step()
        if time.perf_counter() - start > seconds:
            break
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def training(model, x):
    labels = torch.arange(len(x)) % 10
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    model.train()

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(x), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def inference(model, x):
    model = fold(model.eval())

    def step():
        with torch.inference_mode():
            model(x).sum().item()

    return step


def answer(request):
    torch.manual_seed(1)
    model = NETWORKS[request["network"]]()
    parameters = sum(p.numel() for p in model.parameters())
    x = torch.rand(request["batch"], 1, 28, 28)
    step = training(model, x) if request["work"] == "train" else inference(model, x)
    return {"imagesPerSecond": len(x) / seconds_of(step, request["seconds"]), "parameters": parameters}


def linked_blas():
    """Files of the BLAS in use, where the system tells: the reference one is many times slower than OpenBLAS."""
    try:
        with open("/proc/self/maps") as maps:
            return sorted({os.path.basename(line.split()[-1]) for line in maps if "blas" in line})
    except OSError:
        return []


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    features = ", ".join(["MKL-DNN" if torch.backends.mkldnn.is_available() else "no MKL-DNN", *linked_blas()])
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "features": features}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
