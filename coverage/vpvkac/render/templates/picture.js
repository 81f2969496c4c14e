/* The map as it is on the screen, with its headline and its legend, as one picture to keep. */
function savePicture(map, name) {
  const scale = Math.max(2, window.devicePixelRatio || 1);
  const {x: width, y: height} = map.getSize();
  const read = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim());
  const head = [...read(".panel .synthetic"), ...read(".panel h1")].join(" · ");
  const said = read("#share, #answer, .panel .shown, #what-if span").join(" ");
  const foot = read(".panel .facts li").concat(read(".panel .sources p")).join(" · ");
  const paper = document.createElement("canvas");
  const ctx = paper.getContext("2d");
  const font = (size, weight = 400) => { ctx.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`; };
  const lines = (text, size, weight) => {
    font(size, weight);
    return text.split(" ").reduce((made, word) => {
      const longer = `${made.at(-1)} ${word}`.trim();
      if (ctx.measureText(longer).width <= width - 32) made[made.length - 1] = longer; else made.push(word);
      return made;
    }, [""]);
  };
  /* Legend entries beside one another, as many as fit in a row. */
  const keys = [...document.querySelectorAll(".legend li")].map((item) => ({canvas: item.querySelector("canvas"), text: [...item.querySelectorAll("span, b")].map((one) => one.textContent).join(" ").trim()})).filter(({canvas}) => canvas);
  font(12);
  let [x, row] = [16, 0];
  for (const key of keys) {
    const wide = 30 + ctx.measureText(key.text).width + 18;
    if (x + wide > width && x > 16) [x, row] = [16, row + 1];
    Object.assign(key, {x, row});
    x += wide;
  }
  const heads = [[lines(head, 15, 650), 15, 650], [lines(said, 14), 14, 400]];
  const feet = lines(foot, 10);
  const top = 14 + heads.reduce((sum, [texts]) => sum + texts.length * 21, 0);
  const whole = top + height + 12 + (row + 1) * 26 + feet.length * 14 + 10;
  [paper.width, paper.height] = [width * scale, whole * scale];
  ctx.scale(scale, scale);
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, width, whole);
  ctx.textBaseline = "middle";
  const write = (text, at, y, size, weight) => {
    font(size, weight);
    ctx.fillStyle = "#1c2733";
    ctx.fillText(text, at, y);
  };
  let y = 18;
  for (const [texts, size, weight] of heads) for (const text of texts) {
    write(text, 16, y, size, weight);
    y += 21;
  }
  ctx.save();
  ctx.translate(0, top);
  ctx.beginPath();
  ctx.rect(0, 0, width, height);
  ctx.clip();
  ctx.fillStyle = SYMBOLS.around;
  ctx.fillRect(0, 0, width, height);
  drawOnScreen(map, ctx);
  ctx.restore();
  for (const {canvas, text, x: left, row: down} of keys) {
    const middle = top + height + 24 + down * 26;
    const high = 22 * canvas.height / canvas.width;
    ctx.drawImage(canvas, left, middle - high / 2, 22, high);
    write(text, left + 28, middle, 12);
  }
  feet.forEach((text, i) => write(text, 16, top + height + 18 + (row + 1) * 26 + i * 14, 10));
  const link = document.createElement("a");
  link.download = `${name}.png`;
  paper.toBlob((blob) => {
    link.href = URL.createObjectURL(blob);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/* What Leaflet has drawn, and the texts that stand on it. */
function drawOnScreen(map, ctx) {
  const container = map.getContainer();
  const origin = container.getBoundingClientRect();
  for (const canvas of container.querySelectorAll("canvas.leaflet-zoom-animated")) {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    ctx.drawImage(canvas, left - origin.left, top - origin.top, width, height);
  }
  ctx.textAlign = "center";
  ctx.lineJoin = "round";
  for (const text of container.querySelectorAll(".name-label, .leaflet-tooltip.distance, .number")) {
    const {left, top, width, height} = text.getBoundingClientRect();
    const style = getComputedStyle(text);
    const [x, y] = [left - origin.left + width / 2, top - origin.top + height / 2];
    ctx.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const ground = text.classList.contains("number") ? style.backgroundColor : "#fff";
    if (text.classList.contains("number")) {
      ctx.fillStyle = ground;
      ctx.beginPath();
      ctx.arc(x, y, width / 2, 0, 7);
      ctx.fill();
    } else {
      [ctx.strokeStyle, ctx.lineWidth] = [ground, 3];
      ctx.strokeText(text.textContent, x, y);
    }
    ctx.fillStyle = style.color;
    ctx.fillText(text.textContent, x, y);
  }
  ctx.textAlign = "start";
}
