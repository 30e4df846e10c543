"""A small source of each format, for the tests that read them and as seeds for the fuzzers."""

WXR = """<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>My Blog</title>
 <wp:wxr_version>1.2</wp:wxr_version>
 <item><title>First &amp; best</title><link>https://blog.example/first/</link><dc:creator>ann</dc:creator>
 <content:encoded><![CDATA[<p>Hello <b>there</b>.</p><p>Second.</p>]]></content:encoded>
 <wp:post_date>2021-05-06 10:00:00</wp:post_date><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>
 <category domain="category">News</category></item>
 <item><title>Draft</title><content:encoded>no</content:encoded><wp:post_type>post</wp:post_type><wp:status>draft</wp:status></item>
 <item><title>Page</title><content:encoded>no</content:encoded><wp:post_type>page</wp:post_type><wp:status>publish</wp:status></item>
 </channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>
 <entry><title>An entry</title><link href="https://a.example/1"/><updated>2020-01-02T03:04:05Z</updated>
 <content type="html">&lt;p&gt;Body one.&lt;/p&gt;&lt;p&gt;Body two.&lt;/p&gt;</content></entry></feed>"""
HTML = """<html><head><title>x</title></head><body><div class="post"><h2><a href="https://b.example/one">One</a></h2>
 <span class="date">02/03/2021</span><div class="entry-content"><p>Text with a <a href="/l">link</a> in it.</p>
 <p>Source: The Paper</p></div></div><div class="post"><h2>Two</h2><div class="entry-content"><p>More.</p></div></div>
 </body></html>"""
MARKDOWN = """---
title: A post
date: 2022-03-04
tags: [sea, boats]
---
Some **bold** text with a [link](https://x.example).

- first
- second
"""
