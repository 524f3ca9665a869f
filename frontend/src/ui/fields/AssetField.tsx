/** A file: drop it, paste it or choose it; shows what it holds, replaces and removes it. */
import { FileUp, ImagePlus, RefreshCw, Trash2 } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useRef, useState } from 'react'
import { isMedia } from '../../api/media'
import { upload } from '../../api/upload'
import { errorMessage } from '../../lib/errors'
import { mediaFacts } from '../../lib/format'
import { MediaView } from '../media/MediaView'
import { texts } from '../texts'
import css from './AssetField.module.css'
import { mismatch } from './mismatch'
import type { FieldProps } from './spec'

const ACCEPT: Record<string, string> = {
  image: 'image/*',
  mask: 'image/*',
  video: 'video/*',
  audio: 'audio/*',
}

/** The kind of file a field takes, as texts name it. */
const kindOf = (type: string): keyof typeof texts.dropHere =>
  type === 'mask'
    ? 'image'
    : type === 'image' || type === 'video' || type === 'audio'
      ? type
      : 'file'

export function AssetField({
  spec,
  value,
  onChange,
  disabled,
  compact,
  send = upload,
}: FieldProps) {
  const chooser = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<number | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const media = isMedia(value) ? value : null

  const take = async (file: File | undefined) => {
    if (!file || disabled) return
    setProblem(null)
    setProgress(0)
    try {
      const sent = await send(file, setProgress)
      const wrong = mismatch(sent, spec.type)
      if (wrong) setProblem(wrong)
      else onChange({ ...sent } as never)
    } catch (error) {
      setProblem(errorMessage(error))
    } finally {
      setProgress(null)
    }
  }
  const drop = (event: DragEvent) => {
    setOver(false)
    if (!event.dataTransfer.files.length) return
    event.preventDefault()
    event.stopPropagation()
    void take(event.dataTransfer.files[0])
  }
  const paste = (event: ClipboardEvent) => {
    if (!event.clipboardData.files.length) return
    event.preventDefault()
    event.stopPropagation()
    void take(event.clipboardData.files[0])
  }
  const choose = () => chooser.current?.click()

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every gesture here has a key or a button too
    <div
      className={css.asset}
      data-over={over || undefined}
      data-compact={compact || undefined}
      onDragOver={event => {
        if (disabled || !event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onPaste={paste}
    >
      <input
        ref={chooser}
        type="file"
        hidden
        accept={ACCEPT[spec.type]}
        onChange={event => {
          void take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      {media ? (
        <>
          <MediaView media={media} width={640} />
          <div className={css.bar}>
            <span className={css.name} title={media.name}>
              {mediaFacts(media).join(' · ')}
            </span>
            {!disabled && (
              <>
                <button
                  type="button"
                  title={texts.replace}
                  aria-label={texts.replace}
                  onClick={choose}
                >
                  <RefreshCw size={13} />
                </button>
                <button
                  type="button"
                  title={texts.remove}
                  aria-label={texts.remove}
                  onClick={() => onChange(undefined)}
                >
                  <Trash2 size={13} />
                </button>
              </>
            )}
          </div>
        </>
      ) : (
        <button
          type="button"
          className={`${css.zone} nodrag`}
          disabled={disabled}
          aria-label={texts.dropOrChoose[kindOf(spec.type)](spec.label)}
          onClick={choose}
        >
          {ACCEPT[spec.type] === 'image/*' ? <ImagePlus size={20} /> : <FileUp size={20} />}
          <b>{texts.dropHere[kindOf(spec.type)]}</b> <span>{texts.orClickToChoose}</span>
        </button>
      )}
      {progress !== null && (
        <div className={css.sending} role="progressbar" aria-valuenow={Math.round(progress * 100)}>
          <i style={{ width: `${progress * 100}%` }} />
          <span>{texts.uploadingPercent(Math.round(progress * 100))}</span>
        </div>
      )}
      {problem && (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
