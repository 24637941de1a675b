// The rows of the benchmark. `target` is the largest ratio of our time to PyTorch's best that counts as reached:
// what was asked of this engine, divided by what PyTorch took on the machine where the targets were set (two cores,
// AVX-512). `steps`: of the loss curve compared first
// (of ResNet-18 few: after five, PyTorch's own two layouts are 2e-4 apart). `per`: how many of its unit one measured step holds.

/** @type {{ name: string, title: string, unit: 'ms' | 'us', per: number, steps: number, target: number, bf16?: true }[]} */
export const rows = [
  {
    name: 'add',
    title: 'add of two 1-element tensors, no grad',
    unit: 'us',
    per: 1000,
    steps: 0,
    target: 0.32,
  },
  {
    name: 'chain',
    title: 'chain of 100 muls, forward and backward, per op',
    unit: 'us',
    per: 100,
    steps: 0,
    target: 0.23,
  },
  { name: 'mlp32', title: 'MLP 784-256-10, batch 32, SGD', unit: 'ms', per: 1, steps: 100, target: 0.58 },
  { name: 'mlp128', title: 'MLP 784-256-10, batch 128, SGD', unit: 'ms', per: 1, steps: 100, target: 0.79 },
  { name: 'adamw', title: 'AdamW alone, 50 x 256x256', unit: 'ms', per: 1, steps: 100, target: 1.07 },
  { name: 'cnn', title: 'CNN 32-64-128 on 32x32, batch 64, SGD', unit: 'ms', per: 1, steps: 30, target: 1 },
  { name: 'resnet18', title: 'ResNet-18 (CIFAR), batch 16, SGD', unit: 'ms', per: 1, steps: 4, target: 1.05 },
  {
    name: 'resnet18-bf16',
    title: 'ResNet-18 (CIFAR), batch 16, SGD, bfloat16',
    unit: 'ms',
    per: 1,
    steps: 0,
    target: 1.05,
    bf16: true,
  },
  {
    name: 'lstm',
    title: 'LSTM classifier, embedding 100, hidden 128, batch 32, lengths 10..100, Adam',
    unit: 'ms',
    per: 1,
    steps: 40,
    target: 0.57,
  },
  {
    name: 'lstm-cell',
    title: 'LSTMCell unrolled by hand, batch 1, hidden 32, 50 steps, SGD',
    unit: 'ms',
    per: 1,
    steps: 100,
    target: 0.1,
  },
  {
    name: 'gpt',
    title: 'GPT 4 layers, d 128, T 128, batch 8, AdamW',
    unit: 'ms',
    per: 1,
    steps: 20,
    target: 0.875,
  },
]
