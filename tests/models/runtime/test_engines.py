"""What both engines promise: outputs of their own, any thread, and a MemoryError where memory ends."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from models.errors import DeviceError
from models.method import Generator, Network
from models.runtime import contest
from models.runtime.contest import hold
from models.runtime.onnx_engine import UNREADABLE, OnnxEngine
from models.runtime.onnx_export import export
from models.runtime.torch_engine import TorchEngine

NETWORK = Network(module="a:b", field_of_view=1)
ROOT = Path(__file__).parents[3]


class Raising(nn.Module):
    """Fails as a device does."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def forward(self, _image):
        raise self.error


class Small(nn.Module):
    """Two convolutions with a condition."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, image, level):
        return image + level * self.second(torch.relu(self.first(image)))


class Dreams(nn.Module):
    """Latents and classes to images."""

    def __init__(self):
        super().__init__()
        self.table, self.out = nn.Embedding(3, 5), nn.Linear(5, 3 * 16)

    def forward(self, latent, number):
        return torch.sigmoid(self.out(latent + self.table(number))).reshape(-1, 3, 4, 4)


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    """A small network in both engines."""
    torch.manual_seed(0)
    module, path = Small().eval(), tmp_path_factory.mktemp("engines") / "small.onnx"
    build = Network(module="a:b", field_of_view=2, conditions=("level",))
    export(module, build, path)
    return {"torch": TorchEngine(module, build, "cpu"), "onnxruntime": OnnxEngine(path, build)}


BOTH = pytest.mark.parametrize("name", ["torch", "onnxruntime"])


def images(*shape):
    return np.random.default_rng(2).random(shape, np.float32)


@BOTH
def test_an_engine_says_what_it_is(name, engines):
    engine = engines[name]
    assert (engine.name, engine.device, engine.precision, engine.batch) == (name, "cpu", "float32", 1)
    assert engine.memory >= 4 * sum(each.numel() for each in Small().parameters())


LARGEST_RUN = """
import sys
from pathlib import Path
import numpy as np
from torch import nn
from models.method import Network
from models.runtime.onnx_engine import OnnxEngine
from models.runtime.onnx_export import export

module = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.Conv2d(64, 3, 3, padding=1)).eval()
build, path = Network(module="a:b", field_of_view=2), Path(sys.argv[1])
export(module, build, path)
engine = OnnxEngine(path, build)
memory = [engine.memory]
for side in (512, 64):
    engine.run(np.zeros((1, 3, side, side), np.float32), [])
    memory.append(engine.memory)
print(*memory)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what the process holds")
def test_memory_counts_what_onnxruntime_keeps_of_its_largest_run(tmp_path):
    """In a process of its own: one that has freed much would reuse that, and not grow."""
    call = [sys.executable, "-c", LARGEST_RUN, str(tmp_path / "wide.onnx")]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    idle, held, after = map(int, done.stdout.split())
    assert held - idle > 4 * 64 * 512 * 512 / 2  # the inner image of 64 channels, or most of it
    assert after == held


@BOTH
def test_many_threads_get_what_one_gets(name, engines):
    engine = engines[name]
    inputs = [images(1, 3, 16 + 2 * side, 40) for side in range(12)]
    expected = [engine.run(each, [2.0])[0] for each in inputs]
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda each: engine.run(each, [2.0])[0], inputs))
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@BOTH
def test_any_array_is_taken_and_none_is_changed(name, engines):
    engine, plain = engines[name], images(1, 3, 20, 30)
    expected = engine.run(plain, [1.0])[0]
    kept = plain.copy()
    frozen = plain.copy()
    frozen.flags.writeable = False
    transposed = plain.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)
    mirrored = plain[..., ::-1].copy()[..., ::-1]
    for array in (plain, frozen, transposed, mirrored, plain.astype(np.float64)):
        np.testing.assert_allclose(engine.run(array, [1.0])[0], expected, atol=1e-6)
    np.testing.assert_array_equal(plain, kept)


class Huge(nn.Module):
    """Gives the number 90,000, which bfloat16 holds and float16 does not."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 1)
        self.layer.weight.data.fill_(30_000.0)

    def forward(self, image):
        return self.layer(image)


def test_what_overflows_in_half_precision_is_run_again_in_float32():
    engine = TorchEngine(Huge(), NETWORK, "cpu")
    engine.precision = "float16"  # as on a GPU
    given = np.ones((2, 3, 4, 6), np.float32)
    with torch.autocast("cpu", torch.float16):
        assert not Huge()(torch.from_numpy(given)).isfinite().any(), "this must overflow"
    np.testing.assert_allclose(engine.run(given)[0], 90_000, rtol=1e-3)


def test_float32_on_a_gpu_is_not_tf32_and_convolutions_are_tuned(monkeypatch):
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, matmul.allow_tf32, cudnn.benchmark
    monkeypatch.setattr(nn.Module, "to", lambda self, *_, **__: self)
    try:
        cudnn.allow_tf32, matmul.allow_tf32, cudnn.benchmark = True, True, False
        TorchEngine(Small(), NETWORK, "cpu")
        assert (cudnn.allow_tf32, matmul.allow_tf32, cudnn.benchmark) == (True, True, False)
        TorchEngine(Small(), NETWORK, "cuda:0")
        assert (cudnn.allow_tf32, matmul.allow_tf32, cudnn.benchmark) == (False, False, True)
    finally:
        cudnn.allow_tf32, matmul.allow_tf32, cudnn.benchmark = before


@BOTH
def test_two_runs_share_no_memory(name, engines):
    first, second = (engines[name].run(images(1, 3, 8, 8), [1.0])[0] for _ in range(2))
    before = second.copy()
    first[:] = -1
    np.testing.assert_array_equal(second, before)


def test_outputs_share_no_memory_even_where_the_network_returns_its_input_and_weights(sample):
    echo = sample("echo")
    engine = TorchEngine(echo.module(), echo.build, "cpu")
    given = images(1, 3, 4, 6)
    outputs = engine.run(given, [])
    for array in (given, *outputs):
        others = [other for other in (given, *outputs) if other is not array]
        assert not any(np.shares_memory(array, other) for other in others)
    for output in outputs[2:]:
        output[0, 0, 0, 0] += 5  # a number spread over all pixels would change everywhere
        assert np.count_nonzero(output == output[0, 0, 1, 1]) == output.size - 1
    assert engine.run(given, [])[2].sum() == 0


def test_a_generator_takes_latents_and_a_class(tmp_path):
    torch.manual_seed(0)
    module = Dreams().eval()
    build = Generator(module="a:b", latent=5, side=4, classes=("cat", "dog", "rust"))
    export(module, build, tmp_path / "dreams.onnx")
    slow, fast = TorchEngine(module, build, "cpu"), OnnxEngine(tmp_path / "dreams.onnx", build)
    latents = images(7, 5)
    assert slow.run(latents, [2])[0].shape == (7, 3, 4, 4)
    np.testing.assert_allclose(slow.run(latents, [2])[0], fast.run(latents, [2])[0], atol=1e-6)
    assert np.abs(slow.run(latents, [2])[0] - slow.run(latents, [1])[0]).max() > 1e-3
    assert hold(build, slow, fast).difference < 1e-6


def test_a_contest_is_lost_by_what_is_not_a_number(engines):
    class Broken:
        def run(self, given, _conditions):
            return (np.full_like(given, np.nan),)

    lost = hold(Network(module="a:b", field_of_view=2, conditions=("level",)), engines["torch"], Broken())
    assert lost.difference == float("inf")
    assert not lost.won


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"
        ),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"),
    ],
)
def test_no_memory_is_a_memory_error(error):
    engine = TorchEngine(Raising(error), NETWORK, "cpu")
    with pytest.raises(MemoryError):
        engine.run(images(1, 3, 4, 4), [])


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    ],
)
def test_a_lost_device_is_said_with_a_next_step(error):
    engine = TorchEngine(Raising(error), NETWORK, "cpu")
    with pytest.raises(DeviceError, match=r"was lost.*restart Patina") as caught:
        engine.run(images(1, 3, 4, 4), [])
    assert "TORCH_USE" not in str(caught.value)


def test_an_error_of_the_network_itself_is_not_disguised():
    engine = TorchEngine(Raising(RuntimeError("mat1 and mat2 shapes cannot be multiplied")), NETWORK, "cpu")
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        engine.run(images(1, 3, 4, 4), [])


def test_a_file_that_is_no_network_is_told(tmp_path):
    for content in (b"", b"<html>", bytes(1000)):
        path = tmp_path / "broken.onnx"
        path.write_bytes(content)
        with pytest.raises(UNREADABLE) as caught:
            OnnxEngine(path, NETWORK)
        assert caught.value.__cause__ is None, "an error must not be its own cause"


def test_what_torch_cannot_move_to_a_device_is_raised_as_it_is(monkeypatch):
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(nn.Module, "to", refuse)
    with pytest.raises(RuntimeError, match="mat1") as caught:
        TorchEngine(Small(), NETWORK, "cpu")
    assert caught.value is error
    assert error.__cause__ is None


HUNGRY = """
import sys, resource
import numpy as np
from pathlib import Path
from models.method import Network
build = Network(module="a:b", field_of_view=2)
if sys.argv[1] == "torch":
    import torch
    from models.runtime.torch_engine import TorchEngine
    torch.set_num_threads(1)
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 64, 3, padding=1), torch.nn.Conv2d(64, 3, 3, padding=1))
    engine = TorchEngine(module, build, "cpu")
else:
    from models.runtime.onnx_engine import OnnxEngine
    engine = OnnxEngine(Path(sys.argv[2]), build)
engine.run(np.zeros((1, 3, 16, 16), np.float32), [])
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20),) * 2)
large, absurd = np.zeros((1, 3, 2000, 2000), np.float32), np.broadcast_to(np.float32(0), (1, 3, 10**6, 10**6))
for images in (large, absurd, large):
    try:
        engine.run(images, [])
    except MemoryError as error:
        print("MemoryError")
print(engine.run(np.zeros((1, 3, 16, 16), np.float32), [])[0].shape)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits a process's memory as Linux does")
@BOTH
def test_too_large_an_image_is_a_memory_error_and_the_engine_goes_on(name, tmp_path):
    path = tmp_path / "hungry.onnx"
    if name == "onnxruntime":
        layers = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.Conv2d(64, 3, 3, padding=1))
        export(layers.eval(), Network(module="a:b", field_of_view=2), path)
    command = [sys.executable, "-c", HUNGRY, name, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.splitlines() == ["MemoryError"] * 3 + ["(1, 3, 16, 16)"], done.stderr[-2000:]


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_half_precision_on_a_gpu_is_within_two_steps_of_eight_bits(precision, cuda):
    torch.manual_seed(0)
    module = Small()
    build = {
        each: Network(module="a:b", field_of_view=2, conditions=("level",), precisions=(each,))
        for each in ("float32", precision)
    }
    exact = TorchEngine(module, build["float32"], cuda)
    half = TorchEngine(module, build[precision], cuda)
    assert half.precision == precision
    given = images(4, 3, 128, 96)
    expected, found = exact.run(given, [0.5])[0], half.run(given, [0.5])[0]
    assert found.dtype == np.float32
    assert np.abs(expected - found).max() < 2 / 255


@pytest.mark.gpu
def test_a_gpu_gives_for_a_batch_what_it_gives_one_by_one_and_what_a_cpu_gives(cuda, engines):
    torch.manual_seed(0)
    build = Network(module="a:b", field_of_view=2, conditions=("level",))
    engine = TorchEngine(Small(), build, cuda)
    given = images(engine.batch, 3, 64, 96)
    together = engine.run(given, [1.0])[0]
    alone = np.concatenate([engine.run(each[None], [1.0])[0] for each in given])
    np.testing.assert_allclose(together, alone, atol=1e-3)
    np.testing.assert_allclose(together, engines["torch"].run(given, [1.0])[0], atol=5e-3)


@pytest.mark.gpu
def test_a_gpu_without_room_says_so_and_goes_on(cuda):
    build = Network(module="a:b", field_of_view=2, conditions=("level",))
    engine = TorchEngine(Small(), build, cuda)
    torch.cuda.empty_cache()
    room = torch.cuda.memory_allocated(cuda) + (64 << 20)
    torch.cuda.set_per_process_memory_fraction(room / torch.cuda.mem_get_info(cuda)[1], cuda)
    try:
        with pytest.raises(MemoryError):
            engine.run(np.zeros((1, 3, 2000, 2000), np.float32), [1.0])  # 128 MB after a convolution
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, cuda)
    assert engine.run(images(1, 3, 8, 8), [1.0])[0].shape == (1, 3, 8, 8)


class Sleeper:
    """Gives back its images, in the seconds that come next on `clock`; the last ones stay."""

    def __init__(self, clock, *seconds):
        self.clock, self.seconds, self.runs = clock, list(seconds), 0

    def run(self, given, _conditions):
        self.runs += 1
        self.clock[0] += self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0]
        return (given,)


@pytest.mark.parametrize(
    ("reference", "challenger", "turns", "won"),
    [
        ((9, 9, 1.0), (9, 9, 0.5), 1, True),  # twice as fast
        ((9, 9, 0.5), (9, 9, 1.0), 1, False),
        ((9, 9, 1.0), (9, 9, 0.6), 3, True),
        ((9, 9, 1.0, 0.7, 0.7), (9, 9, 0.9, 0.9, 0.9), 3, False),
        ((9, 9, 5.0), (9, 9, 4.0), 1, True),  # enough time was spent
    ],
)
def test_a_contest_ends_when_one_is_clearly_faster(monkeypatch, reference, challenger, turns, won):
    clock = [0.0]
    monkeypatch.setattr(contest, "perf_counter", lambda: clock[0])
    first, second = Sleeper(clock, *reference), Sleeper(clock, *challenger)
    result = hold(Network(module="a:b", field_of_view=2), first, second)
    assert (first.runs, second.runs) == (2 + turns, 2 + turns)  # two sizes are compared before
    assert result.won is won
    assert result.difference == 0.0
