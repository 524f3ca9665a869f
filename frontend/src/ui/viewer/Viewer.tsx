/** The viewer: one result at full size, what can be done with it, how it was made, and the others. */
import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../controls/Button'
import { isTyping } from '../isTyping'
import { Actions } from './Actions'
import { AudioStage } from './AudioStage'
import { Facts } from './Facts'
import { ImageStage } from './ImageStage'
import { kindOf } from './kind'
import { OwnFile } from './OwnFile'
import type { ViewerItem, ViewerRequest } from './open'
import { Strip } from './Strip'
import { TextStage } from './TextStage'
import { texts } from './texts'
import { VideoStage } from './VideoStage'
import css from './Viewer.module.css'

interface Props {
  request: ViewerRequest
  onClose: () => void
}

/** A swipe of at least this length goes to the next or the one before, px. */
const SWIPE = 60

export function Viewer({ request, onClose }: Props) {
  const { items } = request
  const dialog = useRef<HTMLDialogElement>(null)
  const [at, setAt] = useState(Math.min(request.at ?? 0, items.length - 1))
  const [tools, setTools] = useState<HTMLElement | null>(null)
  const item = items[at] as ViewerItem
  useEffect(() => {
    const box = dialog.current
    if (!box || box.open) return
    box.showModal()
    box.querySelector<HTMLElement>('[data-stage]')?.focus({ preventScroll: true })
  }, [])
  const go = (step: number) => setAt(Math.max(0, Math.min(items.length - 1, at + step)))
  const close = () => dialog.current?.close()

  const keys = (event: KeyboardEvent) => {
    // The page below has keys of its own.
    event.stopPropagation()
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.shiftKey || isTyping(event.target)) return
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (!step) return
    event.preventDefault()
    go(step)
  }

  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-label={texts.title}
      onClose={onClose}
      onKeyDown={keys}
      onPointerDown={event => event.target === dialog.current && close()}
    >
      <div className={css.body}>
        <header className={css.head}>
          <h2>{item.title}</h2>
          {items.length > 1 && (
            <span className={css.place} role="status">
              {texts.place(at + 1, items.length)}
            </span>
          )}
          <div ref={setTools} className={css.tools} />
          <Button tone="ghost" label={texts.close} icon={<X size={18} />} onClick={close} />
        </header>
        <div className={css.main}>
          <div className={css.stageBox}>
            <Stage key={kindOf(item)} request={request} at={at} tools={tools} onSwipe={go} />
            {at > 0 && (
              <Button
                className={`${css.go} ${css.back}`}
                label={texts.previous}
                icon={<ChevronLeft size={20} />}
                onClick={() => go(-1)}
              />
            )}
            {at < items.length - 1 && (
              <Button
                className={`${css.go} ${css.forward}`}
                label={texts.next}
                icon={<ChevronRight size={20} />}
                onClick={() => go(1)}
              />
            )}
          </div>
          {items.length > 1 && <Strip items={items} at={at} onShow={setAt} />}
        </div>
        <aside className={css.side}>
          <Actions item={item} actions={request.actions ?? []} onClose={close} />
          {item.media?.asset && (item.own || item.run) && (
            <div className={css.controls}>
              <OwnFile key={item.media.asset} id={item.media.asset} />
            </div>
          )}
          <Facts item={item} />
        </aside>
      </div>
    </dialog>
  )
}

interface StageProps {
  request: ViewerRequest
  at: number
  /** Where in the head a stage puts its own tools. */
  tools: HTMLElement | null
  onSwipe: (step: number) => void
}

function Stage({ request, at, tools, onSwipe }: StageProps) {
  const item = request.items[at] as ViewerItem
  const { media } = item
  const swipe = (dx: number) => {
    if (Math.abs(dx) < SWIPE) return false
    onSwipe(dx > 0 ? -1 : 1)
    return true
  }
  if (!media) return <TextStage text={item.text ?? ''} title={item.title} />
  switch (kindOf(item)) {
    case 'image':
      return (
        <ImageStage
          items={request.items}
          item={item}
          tools={tools}
          beside={request.beside === undefined ? undefined : request.items[request.beside]}
          onSwipe={swipe}
        />
      )
    case 'video':
      return <VideoStage key={media.url} media={media} />
    case 'audio':
      return <AudioStage key={media.url} media={media} />
    default:
      return <TextStage text={media.name ?? media.content_type} title={item.title} file />
  }
}
