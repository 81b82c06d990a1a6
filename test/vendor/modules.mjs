// modules.mjs -- who reads what: a line for each endpoint type.
import discord from "./discord.mjs";
import elasticsearch from "./elasticsearch.mjs";
import email from "./email.mjs";
import mattermost from "./mattermost.mjs";
import pagerduty from "./pagerduty.mjs";
import { fail2ban, shell } from "./programs.mjs";
import slack from "./slack.mjs";
import syslog from "./syslog.mjs";
import teams from "./teams.mjs";
import telegram from "./telegram.mjs";
import thehive from "./thehive.mjs";
import webhook from "./webhook.mjs";
import wechat from "./wechat.mjs";

export const modules = [
  discord,
  elasticsearch,
  email,
  fail2ban,
  mattermost,
  pagerduty,
  shell,
  slack,
  syslog,
  teams,
  telegram,
  thehive,
  webhook,
  wechat,
];

// It stays in the process.
export const nothingToRead = new Set(["alert_store_db"]);
