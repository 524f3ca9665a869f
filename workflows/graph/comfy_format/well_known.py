"""Widgets of ComfyUI's own classes in their order, for files that are read without a runner.

Facts about the classes most files use; a name with `+` behind it has a control slot after it.
"""

from __future__ import annotations

from collections.abc import Mapping

_ROWS = """
AudioAdjustVolume: volume
AudioConcat: direction
AudioEncoderLoader: audio_encoder_name
AudioMerge: merge_method
BasicScheduler: scheduler steps denoise
BetaSamplingScheduler: steps alpha beta
CFGGuider: cfg
CFGNorm: strength pre_cfg
CLIPLoader: clip_name type device
CLIPMergeSubtract: multiplier
CLIPSetLastLayer: stop_at_clip_layer
CLIPTextEncode: text
CLIPTextEncodeFlux: clip_l t5xxl guidance
CLIPVisionEncode: crop
CLIPVisionLoader: clip_name
Canny: low_threshold high_threshold
CheckpointLoader: config_name ckpt_name
CheckpointLoaderSimple: ckpt_name
CheckpointSave: filename_prefix
ChromaRadianceOptions: preserve_wrapper start_sigma end_sigma nerf_tile_size
ComfyMathExpression: expression
ComfySwitchNode: switch
ConditioningAverage: conditioning_to_strength
ConditioningSetArea: width height x y strength
ConditioningSetAreaPercentage: width height x y strength
ConditioningSetAreaStrength: strength
ConditioningSetMask: strength set_cond_area
ConditioningSetTimestepRange: start end
ControlNetApply: strength
ControlNetApplyAdvanced: strength start_percent end_percent
ControlNetApplySD3: strength start_percent end_percent
ControlNetInpaintingAliMamaApply: strength start_percent end_percent
ControlNetLoader: control_net_name
CreateVideo: fps
DiffControlNetLoader: control_net_name
DifferentialDiffusion: strength
DiffusersLoader: model_path
DualCFGGuider: cfg_conds cfg_cond2_negative style
DualCLIPLoader: clip_name1 clip_name2 type device
EasyCache: reuse_threshold start_percent end_percent verbose
EmptyAceStepLatentAudio: seconds batch_size
EmptyAudio: duration sample_rate channels
EmptyChromaRadianceLatentImage: width height batch_size
EmptyFlux2LatentImage: width height batch_size
EmptyHunyuanLatentVideo: width height length batch_size
EmptyImage: width height batch_size color
EmptyLTXVLatentVideo: width height length batch_size
EmptyLatentAudio: seconds batch_size
EmptyLatentHunyuan3Dv2: resolution batch_size
EmptyLatentImage: width height batch_size
EmptyMochiLatentVideo: width height length batch_size
EmptySD3LatentImage: width height batch_size
FeatherMask: left top right bottom
FluxGuidance: guidance
FluxKontextMultiReferenceLatentMethod: reference_latents_method
FreSca: scale_low scale_high freq_cutoff
GLIGENLoader: gligen_name
GLIGENTextBoxApply: text width height x y
GrowMask: expand tapered_corners
HunyuanImageToVideo: width height length batch_size guidance_type
HypernetworkLoader: hypernetwork_name strength
ImageBlend: blend_factor blend_mode
ImageBlur: blur_radius sigma
ImageCompositeMasked: x y resize_source
ImageCrop: width height x y
ImageFromBatch: batch_index length
ImageInvert:
ImageOnlyCheckpointLoader: ckpt_name
ImagePadForOutpaint: left top right bottom feathering
ImageScale: upscale_method width height crop
ImageScaleBy: upscale_method scale_by
ImageScaleToMaxDimension: upscale_method largest_size
ImageScaleToTotalPixels: upscale_method megapixels
ImageStitch: direction match_image_size spacing_width spacing_color
ImageToMask: channel
ImageUpscaleWithModel:
InpaintModelConditioning: noise_mask
JsonExtractString: json_string key
KSampler: seed+ steps cfg sampler_name scheduler denoise
KSamplerAdvanced: add_noise noise_seed+ steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise
KSamplerSelect: sampler_name
LTXAVTextEncoderLoader: text_encoder ckpt_name device
LTXVAddGuide: frame_idx strength
LTXVAudioVAELoader: ckpt_name
LTXVConditioning: frame_rate
LTXVEmptyLatentAudio: frames_number frame_rate batch_size
LTXVImgToVideo: width height length batch_size strength
LTXVImgToVideoInplace: strength bypass
LTXVPreprocess: img_compression
LTXVScheduler: steps max_shift base_shift stretch terminal
LatentBlend: blend_factor
LatentComposite: x y feather
LatentConcat: dim
LatentCrop: width height x y
LatentCut: dim index amount
LatentFlip: flip_method
LatentFromBatch: batch_index length
LatentOperationTonemapReinhard: multiplier
LatentRotate: rotation
LatentUpscale: upscale_method width height crop
LatentUpscaleBy: upscale_method scale_by
LatentUpscaleModelLoader: model_name
LoadAudio: audio
LoadImage: image
LoadImageMask: image channel
LoadImageOutput: image
LoadLatent: latent
LoadVideo: file
LoraLoader: lora_name strength_model strength_clip
LoraLoaderModelOnly: lora_name strength_model
ManualSigmas: sigmas
MaskComposite: x y operation
ModelMergeBlocks: input middle out
ModelMergeSimple: ratio
ModelMergeSubtract: multiplier
ModelPatchLoader: name
ModelSamplingAuraFlow: shift
ModelSamplingContinuousEDM: sampling sigma_max sigma_min
ModelSamplingDiscrete: sampling zsnr
ModelSamplingFlux: max_shift base_shift width height
ModelSamplingSD3: shift
Preview3D: model_file
PreviewAudio:
PreviewImage:
PrimitiveBoolean: value
PrimitiveFloat: value
PrimitiveInt: value+
PrimitiveString: value
PrimitiveStringMultiline: value
QuadrupleCLIPLoader: clip_name1 clip_name2 clip_name3 clip_name4
QwenImageDiffsynthControlnet: strength
RandomNoise: noise_seed+
RebatchImages: batch_size
RegexExtract: string regex_pattern mode case_insensitive multiline dotall group_index
RegexReplace: string regex_pattern replace case_insensitive multiline dotall count
RepeatImageBatch: amount
RepeatLatentBatch: amount
ResizeAndPadImage: target_width target_height padding_color interpolation
ResolutionSelector: aspect_ratio megapixels multiple
SAM3_VideoTrack: detection_threshold max_objects detect_interval
SDTurboScheduler: steps denoise
SVD_img2vid_Conditioning: width height video_frames motion_bucket_id fps augmentation_level
SamplerCustom: add_noise noise_seed+ cfg
SamplerCustomAdvanced:
SamplerEulerAncestral: eta s_noise
SaveAnimatedPNG: filename_prefix fps compress_level
SaveAnimatedWEBP: filename_prefix fps lossless quality method
SaveAudio: filename_prefix
SaveAudioAdvanced: filename_prefix format
SaveAudioMP3: filename_prefix quality
SaveGLB: filename_prefix
SaveImage: filename_prefix
SaveImageAdvanced: filename_prefix format format.bit_depth format.input_color_space
SaveLatent: filename_prefix
SaveSVGNode: filename_prefix
SaveText: filename_prefix format
SaveVideo: filename_prefix format codec
SaveWEBM: filename_prefix codec fps crf
SetFirstSigma: sigma
SkipLayerGuidanceDiT: double_layers single_layers scale start_percent end_percent rescaling_scale
SkipLayerGuidanceDiTSimple: double_layers single_layers start_percent end_percent
SolidMask: value width height
SplitSigmas: step
StableCascade_EmptyLatentImage: width height compression batch_size
StableCascade_StageC_VAEEncode: compression
StableZero123_Conditioning: width height batch_size elevation azimuth
StringCompare: string_a string_b mode case_sensitive
StringConcatenate: string_a string_b delimiter
StringReplace: string find replace
StyleModelApply: strength strength_type
StyleModelLoader: style_model_name
T5TokenizerOptions: min_padding min_length
TextEncodeAceStepAudio: tags lyrics lyrics_strength
TextEncodeHunyuanVideo_ImageToVideo: prompt image_interleave
TextEncodeQwenImageEdit: prompt
TextEncodeQwenImageEditPlus: prompt
ThresholdMask: value
TrimAudioDuration: start_index duration
TrimVideoLatent: trim_amount
TripleCLIPLoader: clip_name1 clip_name2 clip_name3
UNETLoader: unet_name weight_dtype
UNetTemporalAttentionMultiply: self_structural self_temporal cross_structural cross_temporal
UpscaleModelLoader: model_name
VAEDecode:
VAEDecodeHunyuan3D: num_chunks octree_resolution
VAEDecodeTiled: tile_size overlap temporal_size temporal_overlap
VAEEncode:
VAEEncodeForInpaint: grow_mask_by
VAEEncodeTiled: tile_size overlap temporal_size temporal_overlap
VAELoader: vae_name
VideoLinearCFGGuidance: min_cfg
VoxelToMesh: algorithm threshold
Wan22FunControlToVideo: width height length batch_size
Wan22ImageToVideoLatent: width height length batch_size
WanCameraEmbedding: camera_pose width height length speed fx fy cx cy
WanCameraImageToVideo: width height length batch_size
WanFirstLastFrameToVideo: width height length batch_size
WanFunControlToVideo: width height length batch_size
WanFunInpaintToVideo: width height length batch_size
WanHuMoImageToVideo: width height length batch_size
WanImageToVideo: width height length batch_size
WanSoundImageToVideo: width height length batch_size
WanSoundImageToVideoExtend: length
WanTrackToVideo: tracks width height length batch_size temperature topk
WanVaceToVideo: width height length batch_size strength
unCLIPCheckpointLoader: ckpt_name
unCLIPConditioning: strength noise_augmentation
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
