import "./tokens.css";
import "./page.css";
import { mount } from "svelte";
import Console from "./Console.svelte";
import { theme } from "./frame/theme.svelte";

const target = document.getElementById("console");
if (!target) throw new Error("the page has no place for the console");
theme.apply();
mount(Console, { target });
