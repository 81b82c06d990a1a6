// modules.mjs -- who reads what: a line for each endpoint type.
import discord from "./discord.mjs";
import elasticsearch from "./elasticsearch.mjs";
import email from "./email.mjs";
import { fail2ban, shell } from "./programs.mjs";
import syslog from "./syslog.mjs";
import telegram from "./telegram.mjs";
import webhook from "./webhook.mjs";
import wechat from "./wechat.mjs";

export const modules = [
  discord, elasticsearch, email, fail2ban, shell, syslog, telegram, webhook, wechat,
];

// It stays in the process.
export const nothingToRead = new Set(["alert_store_db"]);
