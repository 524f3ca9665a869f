"""Widgets of ComfyUI's own classes in their order, for files that are read without a runner.

Facts about the classes most files use; a name with `+` behind it has a control slot after it.
"""

from __future__ import annotations

from collections.abc import Mapping

_ROWS = """
BasicScheduler: scheduler steps denoise
CFGGuider: cfg
CFGNorm: strength pre_cfg
CLIPLoader: clip_name type device
CLIPSetLastLayer: stop_at_clip_layer
CLIPTextEncode: text
CLIPTextEncodeFlux: clip_l t5xxl guidance
CLIPVisionEncode: crop
CLIPVisionLoader: clip_name
CheckpointLoaderSimple: ckpt_name
ComfyMathExpression: expression
ComfySwitchNode: switch
ConditioningSetArea: width height x y strength
ControlNetApply: strength
ControlNetApplyAdvanced: strength start_percent end_percent
ControlNetLoader: control_net_name
CreateVideo: fps
DualCLIPLoader: clip_name1 clip_name2 type device
EmptyFlux2LatentImage: width height batch_size
EmptyHunyuanLatentVideo: width height length batch_size
EmptyImage: width height batch_size color
EmptyLTXVLatentVideo: width height length batch_size
EmptyLatentAudio: seconds batch_size
EmptyLatentImage: width height batch_size
EmptySD3LatentImage: width height batch_size
FluxGuidance: guidance
FluxKontextMultiReferenceLatentMethod: reference_latents_method
ImageBlur: blur_radius sigma
ImageCrop: width height x y
ImageFromBatch: batch_index length
ImageInvert:
ImagePadForOutpaint: left top right bottom feathering
ImageScale: upscale_method width height crop
ImageScaleBy: upscale_method scale_by
ImageScaleToMaxDimension: upscale_method largest_size
ImageScaleToTotalPixels: upscale_method megapixels
ImageStitch: direction match_image_size spacing_width spacing_color
ImageToMask: channel
ImageUpscaleWithModel:
JsonExtractString: json_string key
KSampler: seed+ steps cfg sampler_name scheduler denoise
KSamplerAdvanced: add_noise noise_seed+ steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise
KSamplerSelect: sampler_name
LTXAVTextEncoderLoader: text_encoder ckpt_name device
LTXVAddGuide: frame_idx strength
LTXVAudioVAELoader: ckpt_name
LTXVConditioning: frame_rate
LTXVEmptyLatentAudio: frames_number frame_rate batch_size
LTXVImgToVideoInplace: strength bypass
LTXVPreprocess: img_compression
LatentUpscale: upscale_method width height crop
LatentUpscaleBy: upscale_method scale_by
LatentUpscaleModelLoader: model_name
LoadAudio: audio
LoadImage: image
LoadImageMask: image channel
LoadVideo: file
LoraLoader: lora_name strength_model strength_clip
LoraLoaderModelOnly: lora_name strength_model
ManualSigmas: sigmas
ModelPatchLoader: name
ModelSamplingAuraFlow: shift
ModelSamplingFlux: max_shift base_shift width height
ModelSamplingSD3: shift
PreviewAudio:
PreviewImage:
PrimitiveBoolean: value
PrimitiveFloat: value
PrimitiveInt: value+
PrimitiveString: value
PrimitiveStringMultiline: value
RandomNoise: noise_seed+
RegexReplace: string regex_pattern replace case_insensitive multiline dotall count
ResolutionSelector: aspect_ratio megapixels multiple
SAM3_VideoTrack: detection_threshold max_objects detect_interval
SamplerCustom: add_noise noise_seed+ cfg
SamplerCustomAdvanced:
SaveAnimatedPNG: filename_prefix fps compress_level
SaveAnimatedWEBP: filename_prefix fps lossless quality method
SaveAudio: filename_prefix
SaveAudioAdvanced: filename_prefix format
SaveAudioMP3: filename_prefix quality
SaveGLB: filename_prefix
SaveImage: filename_prefix
SaveImageAdvanced: filename_prefix format format.bit_depth format.input_color_space
SaveLatent: filename_prefix
SaveText: filename_prefix format
SaveVideo: filename_prefix format codec
SaveWEBM: filename_prefix codec fps crf
SolidMask: value width height
StringConcatenate: string_a string_b delimiter
StringReplace: string find replace
TextEncodeQwenImageEdit: prompt
TextEncodeQwenImageEditPlus: prompt
UNETLoader: unet_name weight_dtype
UpscaleModelLoader: model_name
VAEDecode:
VAEDecodeTiled: tile_size overlap temporal_size temporal_overlap
VAEEncode:
VAEEncodeForInpaint: grow_mask_by
VAELoader: vae_name
WanFirstLastFrameToVideo: width height length batch_size
WanImageToVideo: width height length batch_size
"""  # noqa: E501


def _read(row: str) -> tuple[str, tuple[str | None, ...]]:
    type, _, names = row.partition(":")
    slots: list[str | None] = []
    for name in names.split():
        slots.append(name.removesuffix("+"))
        if name.endswith("+"):
            slots.append(None)
    return type, tuple(slots)


#: Class -> the names of its widgets by slot; None is a control slot, which is never sent.
WIDGETS: Mapping[str, tuple[str | None, ...]] = dict(
    _read(row) for row in _ROWS.strip().splitlines()
)
