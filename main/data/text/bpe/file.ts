/** Trained merges as a `tokenizer.json`, which Hugging Face's tokenizers read as it is. */
import type { TokenizerFile } from '../tokenizerFile.ts'
import { specialNames } from '../tokens.ts'
import type { Trained } from './train.ts'

/** Ids: padding, unknown, the 256 bytes, then what was merged in its order. */
export function bpeFile({ merges, tokens }: Trained): TokenizerFile {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    // Not as added tokens: a text that says "<pad>" is a text like any other.
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...specialNames, ...tokens].map((token, id) => [token, id])),
      merges: merges.map(({ first, second }) => `${tokens[first]!} ${tokens[second]!}`),
    },
  }
}
