import type { ServerSettings } from "./settings.ts";

type Words = Readonly<Record<ServerSettings["locale"], string>>;

/** Words of the errors a bot meets, by id; each `{}` is a subject. Source: recorded bodies, i18n/de.json. */
const WORDS: Readonly<Record<string, Words>> = {
  "api.context.404.app_error": {
    en: "Sorry, we could not find the page.",
    de: "Die Seite konnte leider nicht gefunden werden.",
  },
  "api.context.session_expired.app_error": {
    en: "Invalid or expired session, please login again.",
    de: "Ungültige oder abgelaufene Sitzung, bitte erneut anmelden.",
  },
  "api.context.token_provided.app_error": {
    en: "Session is not OAuth but token was provided in the query string.",
    de: "Sitzung ist nicht OAuth, aber ein Token wurde in der Abfrage übergeben.",
  },
  "api.context.permissions.app_error": {
    en: "You do not have the appropriate permissions.",
    de: "Sie haben nicht die notwendigen Berechtigungen.",
  },
  "api.context.mfa_required.app_error": {
    en: "Multi-factor authentication is required on this server.",
    de: "Multi-Faktor-Authentifizierung ist auf diesem Server erforderlich.",
  },
  "api.context.invalid_body_param.app_error": {
    en: "Invalid or missing {} in request body.",
    de: "Ungültiges oder fehlendes {} im Anfrageinhalt.",
  },
  "api.context.invalid_url_param.app_error": {
    en: "Invalid or missing {} parameter in request URL.",
    de: "Ungültiger oder fehlender Parameter {} in der Anfrage-URL.",
  },
  "api.context.invalid_param.app_error": {
    en: "Invalid {} parameter.",
    de: "Ungültiger Parameter {}.",
  },
  "api.context.request_body_too_large.app_error": {
    en: "Unable to process request. Request body too large.",
    de: "Anfrage kann nicht verarbeitet werden. Der Inhalt ist zu groß.",
  },
  "api.post.create_post.root_id.app_error": {
    en: "Invalid RootId parameter.",
    de: "Ungültiger Parameter RootId.",
  },
  "api.post.create_post.channel_root_id.app_error": {
    en: "Invalid ChannelId for RootId parameter.",
    de: "Ungültige ChannelId für den Parameter RootId.",
  },
  "api.post.create_post.can_not_post_to_deleted.error": {
    en: "Can not post to deleted channel.",
    de: "In einem gelöschten Kanal kann nicht gesendet werden.",
  },
  "api.post.deduplicate_create_post.pending": {
    en: "Rejected post since another client is making the same request.",
    de: "Nachricht abgelehnt, da ein anderer Client dieselbe Anfrage stellt.",
  },
  "api.post.update_post.permissions_time_limit.app_error": {
    en:
      "Post edit is only allowed for {} seconds. Please ask your System Administrator for details.",
    de: "Bearbeiten ist nur für {} Sekunden erlaubt. Bitte fragen Sie Ihren Systemadministrator.",
  },
  "model.post.is_valid.message_length.app_error": {
    en: "Post Message property is longer than the maximum permitted length.",
    de: "Die Nachricht ist länger als die erlaubte Höchstlänge.",
  },
  "model.post.is_valid.file_ids.app_error": {
    en:
      "Invalid file ids. Note that uploads are limited to 10 files maximum. Please use additional posts for more files.",
    de: "Ungültige Datei-IDs. Es sind höchstens 10 Dateien erlaubt.",
  },
  "app.post.get.app_error": {
    en: "Unable to get the post.",
    de: "Die Nachricht konnte nicht geladen werden.",
  },
  "app.post.save.app_error": {
    en: "Unable to save the Post.",
    de: "Die Nachricht konnte nicht gespeichert werden.",
  },
  "app.user.missing_account.const": {
    en: "Unable to find the user.",
    de: "Der Benutzer konnte nicht gefunden werden.",
  },
  "app.user.get_by_username.app_error": {
    en:
      "Unable to find an existing account matching your username for this team. This team may require an invite from the team owner to join.",
    de: "Es gibt kein Konto mit diesem Benutzernamen.",
  },
  "api.user.get_user_by_email.permissions.app_error": {
    en: "Unable to get user by email.",
    de: "Der Benutzer kann nicht über seine E-Mail-Adresse gefunden werden.",
  },
  "app.team.get_by_name.missing.app_error": {
    en: "Unable to find the existing team.",
    de: "Das Team konnte nicht gefunden werden.",
  },
  "app.channel.get_by_name.missing.app_error": {
    en: "Channel does not exist.",
    de: "Der Kanal existiert nicht.",
  },
  "app.channel.get.existing.app_error": {
    en: "Unable to find the existing channel {}.",
    de: "Der vorhandene Kanal {} konnte nicht gefunden werden.",
  },
  "app.channel.get_channels.not_found.app_error": {
    en: "No channels were found.",
    de: "Es wurden keine Kanäle gefunden.",
  },
  "api.channel.create_direct_channel.invalid_user.app_error": {
    en: "Invalid user ID for direct channel creation.",
    de: "Ungültige Benutzer-ID für einen Direktnachrichtenkanal.",
  },
  "api.channel.create_channel.direct_channel.team_restricted_error": {
    en:
      "A direct channel cannot be created between these users because they do not share a team in common.",
    de: "Zwischen diesen Benutzern ist kein Direktnachrichtenkanal möglich.",
  },
  "api.reaction.save_reaction.invalid.app_error": {
    en: "Reaction is not valid.",
    de: "Die Reaktion ist ungültig.",
  },
  "api.reaction.save_reaction.user_id.app_error": {
    en: "You cannot save reaction for the other user.",
    de: "Sie können keine Reaktion für einen anderen Benutzer speichern.",
  },
  "app.emoji.get_by_name.no_result": {
    en: "We couldn’t find the emoji.",
    de: "Das Emoji konnte nicht gefunden werden.",
  },
  "api.command.duplicate_trigger.app_error": {
    en: "This trigger word is already in use. Please choose another word.",
    de: "Dieses Auslösewort wird bereits verwendet. Bitte ein anderes wählen.",
  },
  "model.command.is_valid.trigger.app_error": {
    en: "Invalid trigger.",
    de: "Ungültiger Auslöser.",
  },
  "api.command.execute_command.start.app_error": {
    en: "No command trigger found.",
    de: "Kein Auslöser eines Befehls gefunden.",
  },
  "api.command.execute_command.not_found.app_error": {
    en:
      "Command with a trigger of '{}' not found. To send a message beginning with \"/\", try adding an empty space at the beginning of the message.",
    de: "Der Befehl '{}' wurde nicht gefunden.",
  },
  "api.command.execute_command.failed.app_error": {
    en: "Command with a trigger of '{}' failed.",
    de: "Der Befehl '{}' ist fehlgeschlagen.",
  },
  "api.command.execute_command.failed_resp.app_error": {
    en: "Command with a trigger of '{}' returned response {}.",
    de: "Der Befehl '{}' hat mit {} geantwortet.",
  },
  "web.command_webhook.general.app_error": {
    en: "Failed to handle command webhook {}.",
    de: "Der Webhook {} konnte nicht bearbeitet werden.",
  },
  "api.post.do_action.action_id.app_error": {
    en: "Invalid action id.",
    de: "Ungültige Aktions-ID.",
  },
  "api.post.do_action.action_integration.app_error": {
    en: "Action integration error.",
    de: "Fehler der Integration.",
  },
  "api.file.get_file_info.app_error": {
    en: "Failed to get file info.",
    de: "Dateiinformationen konnten nicht geladen werden.",
  },
  "api.file.attachments.disabled.app_error": {
    en: "File attachments have been disabled on this server.",
    de: "Dateianhänge sind auf diesem Server deaktiviert.",
  },
  "api.file.upload_file.too_large_detailed.app_error": {
    en: "Unable to upload file {}. {} bytes exceeds the maximum allowed {} bytes.",
    de: "Die Datei {} kann nicht hochgeladen werden. {} Bytes sind mehr als die erlaubten {}.",
  },
  "api.file.get_public_link.disabled.app_error": {
    en: "Public links have been disabled.",
    de: "Öffentliche Links sind deaktiviert.",
  },
  "store.sql_bot.get.missing.app_error": {
    en: "Bot does not exist.",
    de: "Der Bot existiert nicht.",
  },
  "api.web_socket.connect.upgrade.app_error": {
    en: "URL Blocked because of CORS. Url: {}",
    de: "URL durch CORS blockiert. URL: {}",
  },
  "api.web_socket_router.bad_seq.app_error": {
    en: "Invalid sequence for WebSocket message.",
    de: "Ungültige Sequenz der WebSocket-Nachricht.",
  },
  "api.web_socket_router.no_action.app_error": {
    en: "No websocket action.",
    de: "Keine WebSocket-Aktion.",
  },
  "api.web_socket_router.bad_action.app_error": {
    en: "Unknown WebSocket action.",
    de: "Unbekannte WebSocket-Aktion.",
  },
  "api.web_socket_router.not_authenticated.app_error": {
    en: "WebSocket connection is not authenticated. Please log in and try again.",
    de: "Die WebSocket-Verbindung ist nicht angemeldet. Bitte anmelden und erneut versuchen.",
  },
  "api.websocket_handler.invalid_param.app_error": {
    en: "Invalid {} parameter.",
    de: "Ungültiger Parameter {}.",
  },
};

/** The words for an error id. Nobody may branch on them: they depend on the locale. */
export function wordsFor(
  id: string,
  locale: ServerSettings["locale"],
  subjects: readonly string[],
): string {
  const left = [...subjects];
  return WORDS[id]?.[locale].replace(/\{\}/g, () => left.shift() ?? "") ?? id;
}
