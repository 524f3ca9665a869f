/** What can be done with a result: download, copy, and what the page offers besides. */
import { Check, Copy, Download, Link2 } from 'lucide-react'
import { useState } from 'react'
import { mediaUrl } from '../../api/media'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { copyText } from '../text/copyText'
import css from './Actions.module.css'
import { copyImage } from './copyImage'
import { kindOf } from './kind'
import type { ViewerAction, ViewerItem } from './open'
import { texts } from './texts'

interface Props {
  item: ViewerItem
  actions: readonly ViewerAction[]
  onClose: () => void
}

const SHOWN_MS = 2000

export function Actions({ item, actions, onClose }: Props) {
  const [copied, setCopied] = useState<string | null>(null)
  const { media } = item
  const said = (what: string) => {
    setCopied(what)
    setTimeout(() => setCopied(null), SHOWN_MS)
  }
  const image = async () => {
    if (!media) return
    if (await copyImage(mediaUrl(media))) said('image')
    else toast(texts.noCopy, { tone: 'bad' })
  }
  const text = async (what: string, value: string) => (await copyText(value)) && said(what)
  const icon = (what: string, Icon: typeof Copy) =>
    copied === what ? <Check size={15} /> : <Icon size={15} />
  return (
    <div className={css.actions}>
      {media && (
        <a className={css.main} href={mediaUrl(media)} download={media.name ?? true}>
          <Download size={15} /> {texts.download}
        </a>
      )}
      {kindOf(item) === 'image' && (
        <Button icon={icon('image', Copy)} onClick={() => void image()}>
          {copied === 'image' ? texts.copied : texts.copyImage}
        </Button>
      )}
      {item.text != null && (
        <Button icon={icon('text', Copy)} onClick={() => void text('text', item.text ?? '')}>
          {copied === 'text' ? texts.copied : texts.copyText}
        </Button>
      )}
      {media?.asset && (
        <Button
          icon={icon('link', Link2)}
          onClick={() => void text('link', new URL(mediaUrl(media), location.href).href)}
        >
          {copied === 'link' ? texts.copied : texts.copyLink}
        </Button>
      )}
      {actions
        .filter(({ when }) => !when || when(item))
        .map(({ label, icon: Icon, run }) => (
          <Button
            key={label}
            icon={Icon && <Icon size={15} />}
            onClick={() => {
              onClose()
              run(item)
            }}
          >
            {label}
          </Button>
        ))}
    </div>
  )
}
