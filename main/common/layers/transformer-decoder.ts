import { transformerBlock } from './transformer.ts'

export const transformerDecoder = transformerBlock({
  kind: 'transformer-decoder',
  title: 'Transformer decoder',
  help: 'One block of a language model: each step looks at itself and those before it (causal self-attention), at a memory if it has one, then passes through a small network of its own. In PyTorch a causal mask goes with the call.',
  formula: 'x ← x + CausalAttention(Norm(x));  x ← x + W₂ gelu(W₁ Norm(x) + b₁) + b₂',
  keywords: ['block', 'attention', 'gpt', 'causal', 'language model', 'layer'],
  fields: [
    {
      type: 'boolean',
      key: 'memory',
      title: 'Reads a memory',
      help: 'Also looks at a second sequence, such as what an encoder made.',
      default: false,
    },
  ],
  causal: true,
  readsMemory: (parameters) => parameters['memory'] === true,
})
