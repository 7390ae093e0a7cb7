"""Words of complaint, praise and service that the labelled posts hardly hold: the encoder knows what they mean.

Unlabelled, written for this project. They only widen the vocabulary whose words get a vector.
"""

from __future__ import annotations

SERVICE = {
    "fr": """retard retards retardé annulé annulée remboursement remboursé rembourser honteux honteuse honte scandaleux
        scandaleuse scandale arnaque arnaqueurs voleurs escroquerie inadmissible inacceptable lamentable déplorable nul
        nulle nuls dégoûté dégoûtée dégoûtant énervé énervée colère furieux furieuse déçu déçue décevant décevante attente
        attends réponse service clientèle client clients panne bug plante marche livraison colis perdu perdue cassé cassée
        facture résilier boycott plainte réclamation incompétent incompétents mépris menteurs mensonge catastrophe
        catastrophique pire horrible affreux pénible insupportable dommage génial géniale merci parfait parfaite rapide
        efficace sympa aimable recommande bravo super top excellent excellente formidable ravi ravie satisfait satisfaite
        bagages vol train gare rappel danger dangereux intoxication""",
    "de": """verspätung verspätet ausgefallen storniert erstattung rückerstattung frechheit unverschämt unverschämtheit
        skandal betrug betrüger abzocke inakzeptabel miserabel katastrophe katastrophal mies schlecht schlechter
        schlechteste furchtbar schrecklich enttäuscht enttäuschend enttäuschung wütend sauer genervt nervt ärgerlich
        peinlich warten warteschleife antwort kundenservice kundendienst kunde kunden störung kaputt absturz lieferung
        paket verloren rechnung kündigen boykott beschwerde inkompetent lügner lüge unfähig unmöglich lächerlich großartig
        danke perfekt schnell freundlich nett empfehlen klasse toll super hervorragend zufrieden begeistert gepäck flug
        bahn zug bahnhof rückruf gefährlich klimaanlage überfüllt verpasst anschluss""",
    "es": """retraso retrasado cancelado cancelada reembolso devolución vergüenza vergonzoso estafa estafadores ladrones
        robo inaceptable inadmisible lamentable pésimo pésima fatal horrible asco asqueroso decepción decepcionado
        decepcionada decepcionante enfadado enojado furioso harto harta esperando espera respuesta servicio atención
        cliente clientes avería caído falla fallo error entrega paquete perdido perdida roto rota factura boicot queja
        reclamación incompetentes mentirosos mentira desastre peor terrible insoportable genial gracias perfecto perfecta
        rápido eficaz amable recomiendo bravo excelente estupendo contento contenta satisfecho maletas equipaje vuelo tren
        estación retirada peligroso intoxicación basura mierda""",
    "it": """ritardo cancellato cancellata rimborso vergogna vergognoso vergognosa truffa truffatori ladri furto
        inaccettabile indecente pessimo pessima orribile schifo schifoso delusione deluso delusa deludente arrabbiato
        arrabbiata furioso stufo attesa aspettando risposta servizio assistenza cliente clienti guasto errore rotto rotta
        consegna pacco perso persa bolletta fattura boicottaggio reclamo incompetenti bugiardi bugia disastro peggio
        peggiore terribile insopportabile geniale grazie perfetto perfetta veloce efficiente gentile consiglio bravo
        bravissimi ottimo ottima eccellente fantastico contento contenta soddisfatto bagagli volo treno stazione richiamo
        pericoloso merda""",
    "pt": """atraso atrasado cancelado cancelada reembolso vergonha vergonhoso golpe fraude ladrões roubo inaceitável
        lamentável péssimo péssima horrível nojo nojento decepção decepcionado decepcionada decepcionante irritado
        irritada raiva furioso cansado esperando espera resposta serviço atendimento cliente clientes pane erro falha caiu
        quebrado quebrada entrega encomenda pacote perdido perdida fatura conta boicote reclamação incompetentes
        mentirosos mentira desastre pior terrível insuportável ótimo ótima obrigado obrigada perfeito perfeita rápido
        eficiente gentil recomendo parabéns excelente maravilhoso maravilhosa feliz satisfeito bagagem mala voo avião trem
        estação perigoso lixo merda odeio amei adorei""",
    "en": """delayed delay cancelled canceled refund refunded unacceptable disgrace disgraceful scam fraud ripoff thieves
        appalling dreadful horrendous atrocious abysmal incompetent incompetence rude clueless liars stranded baggage
        luggage rebooked rebook overbooked gate boarding crew attendant voucher compensation hold holding waited waiting
        hours helpline unhelpful ignored outage downtime crashed broken overcharged boycott complaint lawsuit recall
        recalled contaminated unsafe dangerous ashamed worst ridiculous pathetic joke nightmare mess frustrating
        frustrated furious fuming disappointed disappointing thanks kudos awesome fantastic helpful friendly smooth
        outstanding grateful impressed""",
    "hi": """bakwas ghatiya bekar bekaar dhokha dhokebaaz chor loot lootera sharam sharmnaak ganda gandi kharab kharaab
        gussa pareshan dukhi nirash der deri paisa paise wapas wapis refund sunwai jawab shikayat jhooth jhoota badtameez
        nalayak wahiyat faltu accha acchi achha badhiya mast shandar zabardast dhanyavaad shukriya khush pyaar pyara
        kamaal bahut bohot nahi nahin kabhi""",
    "ar": """تأخير متأخر إلغاء ملغي استرجاع استرداد تعويض فضيحة عار احتيال نصب نصابين سرقة حرامية مرفوض سيئ سيئة أسوأ
        فاشل فاشلة قذر زفت خايس مقرف محبط محبطة غاضب زعلان زهقت انتظار انتظر رد خدمة عملاء عميل عطل عطلان خربان توصيل
        شحنة طرد ضاع مكسور فاتورة مقاطعة شكوى كذاب كذابين كذب كارثة فظيع لا يطاق رائع رائعة شكرا ممتاز ممتازة سريع محترم
        أنصح جميل جميلة سعيد راضي أمتعة حقيبة رحلة طيران قطار خطير تسمم""",
}
