// deno-lint-ignore-file camelcase -- wire names, exactly as the API spells them.

type Fields = Readonly<Record<string, unknown>>;

/**
 * `props.attachments` as the server stores and shows them: every field present, and of an action
 * only what a client may know, without its integration.
 */
export function withShownAttachments(props: Fields, newId: () => string): Record<string, unknown> {
  const { attachments } = props;
  if (!Array.isArray(attachments)) return { ...props };
  return { ...props, attachments: attachments.map((item: Fields) => shown(item, newId)) };
}

function shown(attachment: Fields, newId: () => string): Record<string, unknown> {
  const { actions, ...given } = attachment;
  return {
    ...EMPTY_ATTACHMENT,
    ...given,
    ...(Array.isArray(actions)
      ? { actions: actions.map((action: Fields) => shownAction(action, newId)) }
      : {}),
  };
}

function shownAction(action: Fields, newId: () => string): Record<string, unknown> {
  const { integration: _, ...known } = action;
  return { id: newId(), ...known };
}

const EMPTY_ATTACHMENT = {
  id: 0,
  fallback: "",
  color: "",
  pretext: "",
  author_name: "",
  author_link: "",
  author_icon: "",
  title: "",
  title_link: "",
  text: "",
  fields: null,
  image_url: "",
  thumb_url: "",
  footer: "",
  footer_icon: "",
  ts: null,
};
