// hand.mjs -- a hand on the mouse that counts its clicks: also those into a field,
// and two for a choice from a list.
export class Hand {
  clicks = 0;
  constructor(page) { this.page = page; }

  async click(target) {
    this.clicks++;
    await target.click();
  }

  press = (name) => this.click(this.page.getByRole("button", { name }));
  follow = (name) => this.click(this.page.getByRole("link", { name }));

  /** No click where the page has put the focus there already. */
  async type(label, text) {
    const field = this.page.getByLabel(label).first();
    await field.waitFor();
    if (!(await field.evaluate((e) => e === document.activeElement))) await this.click(field);
    await this.page.keyboard.type(text);
  }

  async choose(list, option) {
    this.clicks += 2;
    await list.selectOption(option);
  }
}
