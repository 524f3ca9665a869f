"""A real server of models that speaks as OpenAI's does: llama.cpp with a tiny random model.

Run in `.venv-clients` as `python tiny_model.py FOLDER`: it writes the model there (half a megabyte
of random weights, so it talks nonsense), prints the server's URL and waits to be ended.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

WIDTH, HEADS, LAYERS, INNER, LENGTH = 64, 4, 2, 128, 2048
#: The template of a chat: each message on a line.
CHAT = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"


def tokens() -> tuple[list[bytes], list[int], list[float]]:
    """Return a vocabulary of single bytes and some signs: texts, kinds and scores."""
    kinds = gguf.TokenType
    special = [(b"<unk>", kinds.UNKNOWN), (b"<s>", kinds.CONTROL), (b"</s>", kinds.CONTROL)]
    bare = [(f"<0x{value:02X}>".encode(), kinds.BYTE) for value in range(256)]
    signs = [(chr(code).replace(" ", "▁").encode(), kinds.NORMAL) for code in range(32, 127)]
    rows = [*special, *bare, *signs]
    scores = [-float(place) for place in range(len(rows))]
    return [text for text, _ in rows], [int(kind) for _, kind in rows], scores


def write(file: Path) -> None:
    """Write a llama of random weights, the same at every call."""
    names, kinds, scores = tokens()
    writer = gguf.GGUFWriter(str(file), "llama")
    writer.add_name("tiny random")
    writer.add_context_length(LENGTH)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_file_type(0)
    writer.add_vocab_size(len(names))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(names)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(CHAT)
    random = np.random.default_rng(0)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, (random.standard_normal(shape) * 0.05).astype(np.float32))

    def add_ones(name: str) -> None:
        writer.add_tensor(name, np.ones(WIDTH, np.float32))

    add("token_embd.weight", len(names), WIDTH)
    add_ones("output_norm.weight")
    add("output.weight", len(names), WIDTH)
    for layer in range(LAYERS):
        start = f"blk.{layer}."
        add_ones(f"{start}attn_norm.weight")
        add_ones(f"{start}ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"{start}{part}.weight", WIDTH, WIDTH)
        add(f"{start}ffn_gate.weight", INNER, WIDTH)
        add(f"{start}ffn_up.weight", INNER, WIDTH)
        add(f"{start}ffn_down.weight", WIDTH, INNER)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Serve it until somebody ends us."""
    file = Path(sys.argv[1]) / "tiny.gguf"
    write(file)
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx, params.n_parallel, params.warmup = LENGTH, 2, False
    params.port = int(sys.argv[2])
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
